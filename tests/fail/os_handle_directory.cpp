#include <crosspool/crosspool.hpp>

#include <filesystem>

#include "fault.hpp"

using Entries = FAULT(std::filesystem::directory_iterator, std::string);
int run(const Entries&);

void call(crosspool::fork_pool& pool, std::vector<Entries> folders) {
  pool.map(run, folders); // here
}
// expect: map_argument<1>, std::filesystem::
// expect: os_handle<std::filesystem::
// expect: Send a name and open it in the worker
