#include <crosspool/crosspool.hpp>

int twice(int);
std::string twice(const std::string&);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  std::vector<int> a = pool.map(static_cast<int (*)(int)>(twice), numbers);
  std::vector<int> b = pool.map([](const auto& x) { return twice(x); }, numbers);
}
