// What a view makes.
#include <crosspool/crosspool.hpp>

#include <ranges>

#include "fault.hpp"

void call(crosspool::fork_pool& pool, std::vector<int>& numbers) {
  auto lazy = numbers | std::views::transform([](int& x) { return FAULT(&, ) x; });
  pool.map([](auto x) { return x == x; }, lazy); // here
}
// expect: map_argument<1>, int*, path<>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
