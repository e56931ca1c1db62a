// Never an error: an answer.
#include <crosspool/crosspool.hpp>

int run(const std::string&);
int change(std::string&);

static_assert(crosspool::mappable<crosspool::fork, decltype(run), std::string>);
static_assert(!crosspool::mappable<crosspool::fork, decltype(run), int*>);
static_assert(!crosspool::mappable<crosspool::fork, decltype(run), std::vector<int>>);
static_assert(!crosspool::mappable<crosspool::spawn, decltype(change), std::string>);
static_assert(crosspool::mappable<crosspool::thread, decltype(change), std::string&>);
