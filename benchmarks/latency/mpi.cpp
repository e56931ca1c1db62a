#include "../contestants/mpi.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  if (!mpi::start(argc, argv))
    return 0;
  bench::start(argc, argv);
  latency::add<Mpi<&latency::square>>("Open MPI by hand");
  bench::run();
  mpi::end();
}
