#include <crosspool/crosspool.hpp>

#include <future>

#include "fault.hpp"

using function = FAULT(std::packaged_task<int(int)>, int (*)(int));

void call(crosspool::spawn_pool& pool, function run) {
  pool.apply(std::move(run), 1); // here
}
// expect: function_state, std::packaged_task<int
// expect: path<>, type_erased<std::packaged_task<int
// expect: Pass the function object itself
