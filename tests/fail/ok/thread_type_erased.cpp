#include <crosspool/crosspool.hpp>

#include <any>
#include <functional>

void call(crosspool::thread_pool& pool, std::vector<std::function<int()>> functions, std::vector<std::any> values) {
  std::vector<int> a = pool.map([](const std::function<int()>& f) { return f(); }, functions);
  std::vector<std::any> b = pool.map([](std::any& x) { return x; }, values);
}
