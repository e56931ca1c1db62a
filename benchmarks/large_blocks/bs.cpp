#include "../contestants/bs.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  large_blocks::add_doubles<BsTasks>("BS::thread_pool");
  return bench::run();
}
