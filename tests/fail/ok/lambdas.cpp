#include <crosspool/crosspool.hpp>

void call(crosspool::fork_pool& pool, std::vector<int> numbers, std::vector<std::string> names) {
  std::vector<int> a = pool.map([](int x) { return x; }, numbers);
  std::vector<std::size_t> b = pool.map([](const auto& x, auto y) { return x.size() + static_cast<std::size_t>(y); },
                                        names, numbers);
  std::vector<std::string> c = pool.map([]<class T>(const T& x) { return x + x; }, names);
  pool.map([](int) noexcept {}, numbers);
  const auto named = [](int x) -> double { return x; };
  std::vector<double> d = pool.map(named, numbers);
}
