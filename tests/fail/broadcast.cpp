#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Table {
  std::vector<int> rows;
  FAULT(std::FILE*, int) file;
};

void call(crosspool::fork_pool& pool, const Table& table) {
  const auto shared = pool.broadcast(table); // here
}
// expect: broadcast_value, Table, path<member<"file">>, os_handle<_IO_FILE*>
// expect: an operating system's handle belongs to this process
