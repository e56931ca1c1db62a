// Whatever can be read from; only what it holds travels.
#include <crosspool/crosspool.hpp>

#include <iterator>
#include <ranges>
#include <span>
#include <sstream>

int run(int);

void call(crosspool::fork_pool& pool, std::vector<int>& numbers, const std::array<int, 3>& few) {
  int raw[2] = {1, 2};
  std::vector<int> a = pool.map(run, raw);
  std::vector<int> b = pool.map(run, few);
  std::vector<int> c = pool.map(run, {1, 2, 3});
  std::vector<int> d = pool.map(run, std::views::iota(0, 9));
  std::vector<int> e = pool.map(run, numbers | std::views::transform([&](int x) { return x + raw[0]; }));
  std::vector<int> f = pool.map(run, numbers | std::views::filter([](int x) { return x > 0; }) | std::views::take(3));
  std::istringstream words("1 2 3");
  std::vector<int> g = pool.map(run,
                                std::ranges::subrange(std::istream_iterator<int>(words), std::istream_iterator<int>()));
  std::vector<int> h = pool.map(run, std::span(numbers));
}
