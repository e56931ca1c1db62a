// A lazy view as an argument, not as the range of map.
#include <crosspool/crosspool.hpp>

#include <ranges>

#include "fault.hpp"

using Numbers = FAULT(std::ranges::iota_view<int COMMA int>, std::vector<int>);
int run(Numbers);

void call(crosspool::fork_pool& pool, Numbers numbers) {
  pool.apply(run, numbers); // here
}
// expect: apply_argument<1>, std::ranges::iota_view<int
// expect: view<std::ranges::iota_view<int
