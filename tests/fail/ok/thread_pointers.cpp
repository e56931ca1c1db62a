#include <crosspool/crosspool.hpp>

#include <functional>

void call(crosspool::thread_pool& pool, std::vector<int> numbers, std::vector<int*> pointers,
          std::vector<std::FILE*> files) {
  std::vector<std::vector<int>::iterator> iterators{numbers.begin()};
  std::vector<std::reference_wrapper<int>> references{numbers[0]};
  std::vector<int*> a = pool.map([](int* x) { return x; }, pointers);
  std::vector<std::FILE*> b = pool.map([](std::FILE* x) { return x; }, files);
  std::vector<std::vector<int>::iterator> c = pool.map([](auto x) { return x; }, iterators);
  pool.map([](int& x) { return std::ref(x); }, references);
  pool.apply_async([](int* x) { return x; }, numbers.data()).get();
}
