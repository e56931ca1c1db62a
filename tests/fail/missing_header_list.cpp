#include <crosspool/crosspool.hpp>

#include <list>
#ifdef CONTROL
#include <cereal/types/list.hpp>
#endif

int run(const std::list<std::string>&);

void call(crosspool::spawn_pool& pool, std::vector<std::list<std::string>> rows) {
  pool.map(run, rows); // here
}
// expect: map_argument<1>, std::list<std::
// expect: path<>, missing_cereal_header<std::list<
// expect: "cereal/types/list.hpp"
