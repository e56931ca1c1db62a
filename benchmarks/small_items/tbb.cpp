#include "../contestants/tbb.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  small_items::one_a_task<TbbTaskGroup>("oneTBB task_group");
  small_items::chunks<TbbParallelFor>("oneTBB parallel_for");
  return bench::run();
}
