#include "../contestants/taskflow.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  task_sizes::add<TaskflowTasks>("Taskflow");
  return bench::run();
}
