#include "../contestants/crosspool.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  task_sizes::add<ThreadOne>("crosspool thread");
  task_sizes::add<ForkOne>("crosspool fork");
  task_sizes::add<SpawnOne>("crosspool spawn");
  return bench::run();
}
