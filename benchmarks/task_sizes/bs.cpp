#include "../contestants/bs.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  task_sizes::add<BsTasks>("BS::thread_pool");
  return bench::run();
}
