#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Settings {
  int level;
  FAULT(std::FILE*, int) log;
};
int run(const Settings&, int);

void call(crosspool::fork_pool& pool, const Settings& settings, std::vector<int> numbers) {
  pool.map(crosspool::bind(run, settings), numbers); // here
}
// expect: function_state, Settings, path<member<"log">>, os_handle<_IO_FILE*>
// expect: an operating system's handle belongs to this process
