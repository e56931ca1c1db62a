#include <crosspool/crosspool.hpp>

int run(int);

void call(std::vector<int> numbers) {
  crosspool::spawn_pool pool({.workers = 4, .max_tasks_per_worker = 100});
  std::vector<int> a = pool.with({.chunksize = 2}).map(run, numbers);
  std::vector<int> b = pool.with({.chunksize = 2}).starmap(run, std::vector<std::tuple<int>>(2));
  crosspool::future<int> c = pool.with({}).apply_async(run, 1);
  pool.close();
  pool.join();
}
