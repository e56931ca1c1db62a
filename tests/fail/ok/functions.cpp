#include <crosspool/crosspool.hpp>

int by_value(int);
int by_const_reference(const std::string&);
int by_rvalue(std::string&&);
void nothing(int) noexcept;
template <class T> T twice(T);

void call(crosspool::fork_pool& pool, std::vector<int> numbers, std::vector<std::string> names) {
  std::vector<int> a = pool.map(by_value, numbers);
  std::vector<int> b = pool.map(&by_value, numbers);
  std::vector<int> c = pool.map(by_const_reference, names);
  std::vector<int> d = pool.map(by_rvalue, names);
  std::vector<std::string> e = pool.map(twice<std::string>, names);
  int (*pointer)(int) = by_value;
  std::vector<int> f = pool.map(pointer, numbers);
  pool.map(nothing, numbers);
  static_assert(std::is_void_v<decltype(pool.map(nothing, numbers))>);
}
