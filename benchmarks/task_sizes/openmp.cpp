#include "../contestants/openmp.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  task_sizes::add<OpenmpTasks>("OpenMP tasks");
  return bench::run();
}
