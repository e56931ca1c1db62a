#include "../contestants/openmp.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  small_items::one_a_task<OpenmpTasks>("OpenMP tasks");
  small_items::chunks<OpenmpFor>("OpenMP parallel for");
  return bench::run();
}
