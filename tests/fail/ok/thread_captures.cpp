#include <crosspool/crosspool.hpp>

#include <condition_variable>
#include <functional>
#include <mutex>

void call(crosspool::thread_pool& pool, std::vector<int> numbers) {
  int sum = 0;
  std::mutex guard;
  std::condition_variable changed;
  pool.map([&](int x) { sum += x; }, numbers);
  pool.map([](int& x) { ++x; }, numbers);
  pool.map(std::function<int(int)>([&sum](int x) { return x + sum; }), numbers);
  pool.apply([&] { changed.notify_all(); });
  pool.apply([](std::mutex& m) { m.lock(); }, guard);
}
