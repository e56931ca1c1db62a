// A rank is killed: MPI ends the job, and main never goes on.
#include <crosspool/mpi.hpp>

#include <csignal>
#include <cstdio>

// In a process forked by a rank, still that rank's.
static const int pid_of_rank = crosspool::this_worker::pid();

static int kill_rank(int) {
  ::kill(pid_of_rank, SIGKILL);
  return 0;
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  crosspool::mpi_pool pool{1};
  pool.apply(kill_rank, 0);
  std::puts("main goes on");
}
