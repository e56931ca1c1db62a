#include <crosspool/crosspool.hpp>

std::string join(const std::string&, int, double);

void call(crosspool::fork_pool& pool) {
  const std::string name = "name";
  std::string a = pool.apply(join, "literal", 2L, 1.5F);
  std::string b = pool.apply(join, name, 'c', 1);
  pool.apply([] {});
  static_assert(std::is_void_v<decltype(pool.apply([] {}))>);
}
