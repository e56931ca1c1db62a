#include "../contestants/crosspool_mpi.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  using namespace large_blocks;
  add_doubles<MpiPoolOne>("crosspool mpi", memory::fresh);
  add<MpiPoolOne, Doubles, &sum_in_place>("crosspool mpi", "vector<double>, sum, read in place", memory::fresh);
  add_doubles<MpiPoolOne>("crosspool mpi", memory::reused);
  return bench::run();
}
