#include "../contestants/tbb.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  item_sizes::add<TbbTaskGroup>("oneTBB task_group");
  return bench::run();
}
