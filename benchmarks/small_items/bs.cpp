#include "../contestants/bs.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  small_items::one_a_task<BsTasks>("BS::thread_pool");
  small_items::chunks<BsBlocks>("BS::thread_pool");
  return bench::run();
}
