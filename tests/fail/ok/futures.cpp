#include <crosspool/crosspool.hpp>

#include <future>

int run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  crosspool::future<int> one = pool.apply_async(run, 1);
  crosspool::future<std::vector<int>> many = pool.map_async(run, numbers);
  crosspool::future<void> none = pool.apply_async([](int) {}, 1);
  pool.map_async([](int) {}, numbers).get();
  one.wait();
  int result = one.get();
  std::vector<int> results = many.get();
  if (none.wait_for(std::chrono::milliseconds(1)) == std::future_status::ready)
    none.get();
  static_cast<void>(result);
}
