#include "../contestants/crosspool_mpi.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  latency::add<MpiPoolOne<&latency::square>>("crosspool mpi");
  return bench::run();
}
