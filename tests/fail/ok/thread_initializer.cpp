#include <crosspool/crosspool.hpp>

#include <mutex>

void call(std::FILE* file, crosspool::fork_pool& processes) {
  std::mutex guard;
  crosspool::thread_pool pool(2, [&guard](std::FILE*, std::mutex&) { guard.lock(); }, file, guard);
  pool.apply([](crosspool::fork_pool& other) { return other.workers(); }, processes);
}
