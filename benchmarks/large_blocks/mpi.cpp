#include "../contestants/mpi.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  if (!mpi::start(argc, argv))
    return 0;
  bench::start(argc, argv);
  large_blocks::add_doubles<Mpi>("Open MPI by hand");
  bench::run();
  mpi::end();
}
