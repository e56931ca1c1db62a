// A type that contains itself: the search ends, and finds what is wrong.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Tree {
  std::vector<Tree> branches;
  std::unique_ptr<Tree> twin;
  FAULT(std::FILE*, int) log;
};
int run(const Tree&);

void call(crosspool::fork_pool& pool, std::vector<Tree> trees) {
  pool.map(run, std::move(trees)); // here
}
// expect: map_argument<1>, Tree, path<member<"log">>, os_handle<_IO_FILE*>
// expect: Send a name and open it in the worker
