// Processes where that is possible, threads where not.
#include <crosspool/crosspool.hpp>

template <class T>
  requires crosspool::crossable<T>
auto total(const std::vector<T>& values) {
  crosspool::fork_pool pool(2);
  return pool.map([](const T& x) { return x; }, values).size();
}
template <class T> auto total(const std::vector<T>& values) {
  crosspool::thread_pool pool(2);
  return pool.map([](const T& x) { return x; }, values).size();
}
std::size_t call(const std::vector<int>& numbers, const std::vector<int*>& pointers) {
  return total(numbers) + total(pointers);
}
