#include <crosspool/crosspool.hpp>

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  crosspool::spawn_pool pool;
  return pool.apply([] { return crosspool::this_worker::id(); }) + pool.workers() - crosspool::available_cpus();
}
