#include "../contestants/crosspool_mpi.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  task_sizes::add<MpiPoolOne>("crosspool mpi");
  return bench::run();
}
