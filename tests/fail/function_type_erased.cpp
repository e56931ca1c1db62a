// std::function as the function itself.
#include <crosspool/crosspool.hpp>

#include <functional>

#include "fault.hpp"

using function = FAULT(std::function<int(int)>, int (*)(int));

void call(crosspool::fork_pool& pool, function run, std::vector<int> numbers) {
  pool.map(run, numbers); // here
}
// expect: function_state, std::function<int
// expect: path<>, type_erased<std::function<int
// expect: Pass the function object itself
