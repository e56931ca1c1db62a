#include "../contestants/bs.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  latency::add<BsTasks<&latency::square>>("BS::thread_pool");
  return bench::run();
}
