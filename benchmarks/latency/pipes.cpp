#include "../contestants/pipes.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  latency::add<Pipes<&latency::square>>("pipes by hand");
  return bench::run();
}
