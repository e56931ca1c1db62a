// The state of what is bound twice.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

int run(FAULT(int*, int), std::string, int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  int x = 1;
  pool.map(crosspool::bind(crosspool::bind(run, FAULT(&, ) x), "text"), numbers); // here
}
// expect: function_state, int*, path<>, raw_pointer<int*>
// expect: a raw pointer means nothing in another process
