#include <crosspool/crosspool.hpp>

#include <mutex>

#include "fault.hpp"

struct Entry {
  FAULT(std::weak_ptr<std::mutex>, int) guard;
};
void run(const Entry&, int);

void call(crosspool::fork_pool& pool, std::vector<std::pair<Entry, int>> rows) {
  pool.starmap(run, rows); // here
}
// expect: map_argument<1>, Entry, path<member<"guard">, pointee>, synchronization<std::mutex>
// expect: works in one process only
