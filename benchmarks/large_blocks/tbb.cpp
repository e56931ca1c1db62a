#include "../contestants/tbb.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  large_blocks::add_doubles<TbbTaskGroup>("oneTBB task_group");
  return bench::run();
}
