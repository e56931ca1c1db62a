#include <crosspool/crosspool.hpp>

#include "fault.hpp"

FAULT(std::string_view, std::string) run(int, int);

void call(crosspool::fork_pool& pool, std::vector<std::pair<int, int>> rows) {
  auto names = pool.starmap(run, rows); // here
}
// expect: result, std::string_view, path<>, view<std::string_view
// expect: Send std::string for std::string_view
