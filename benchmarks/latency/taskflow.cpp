#include "../contestants/taskflow.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  latency::add<TaskflowTasks<&latency::square>>("Taskflow");
  return bench::run();
}
