#include "../contestants/taskflow.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  small_items::one_a_task<TaskflowTasks>("Taskflow");
  small_items::chunks<TaskflowFor>("Taskflow");
  return bench::run();
}
