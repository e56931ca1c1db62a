#include "../contestants/mpi.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  if (!mpi::start(argc, argv))
    return 0;
  bench::start(argc, argv);
  small_items::one_a_task<Mpi>("Open MPI by hand");
  small_items::chunks<MpiChunks>("Open MPI by hand");
  bench::run();
  mpi::end();
}
