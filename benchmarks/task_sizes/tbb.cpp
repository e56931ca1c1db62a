#include "../contestants/tbb.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  task_sizes::add<TbbTaskGroup>("oneTBB task_group");
  return bench::run();
}
