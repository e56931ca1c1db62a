#include <crosspool/crosspool.hpp>

static_assert(crosspool::crossable<std::string> && crosspool::crossable<std::wstring> &&
              crosspool::crossable<std::u8string> && crosspool::crossable<std::u32string>);
std::wstring widen(const std::string&);

void call(crosspool::fork_pool& pool, std::vector<std::string> names) {
  std::vector<std::wstring> wide = pool.map(widen, names);
  std::wstring one = pool.apply(widen, "a literal travels as std::string");
}
