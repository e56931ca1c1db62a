#include <crosspool/crosspool.hpp>

#include <fstream>

#include "fault.hpp"

FAULT(std::ifstream, int) run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  pool.map(run, numbers); // here
}
// expect: result, std::ifstream, path<>, os_handle<std::ifstream>
// expect: Send a name and open it in the worker
