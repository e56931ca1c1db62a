#include "../contestants/crosspool_mpi.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  small_items::one_a_task<MpiPoolOne>("crosspool mpi");
  small_items::chunks<MpiPoolChunks>("crosspool mpi");
  return bench::run();
}
