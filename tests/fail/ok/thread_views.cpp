#include <crosspool/crosspool.hpp>

#include <span>
#include <string_view>

void call(crosspool::thread_pool& pool, std::vector<int>& numbers) {
  std::vector<std::string_view> names{"view"};
  std::vector<std::span<int>> spans{numbers};
  std::vector<std::string_view> a = pool.map([](std::string_view x) { return x.substr(1); }, names);
  std::vector<std::size_t> b = pool.map([](std::span<int> x) { return x.size(); }, spans);
}
