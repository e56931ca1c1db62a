// Of a function that could return anything, what results are asked for most often adds no error.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Run {
  template <class T>
    requires std::is_same_v<T, FAULT(std::string, int)>
  std::vector<std::string> operator()(T) const;
};

std::size_t call(crosspool::fork_pool& pool) {
  const auto result = pool.apply(Run(), 1); // here
  std::size_t sum = result.size() + result.front().size() + result[0].size();
  for (const std::string& each : result)
    sum += each.size();
  return result.empty() ? 0 : sum;
}
// expect: the_function_cannot_be_called
// expect: cannot_take<int>
