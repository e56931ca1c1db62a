#include "../contestants/pipes.hpp"

#include "workload.hpp"

namespace task_sizes {
template <class Archive> void serialize(Archive& archive, Task& task) {
  archive(task.seed, task.rounds);
}
} // namespace task_sizes

int main(int argc, char** argv) {
  bench::start(argc, argv);
  task_sizes::add<Pipes>("pipes by hand");
  return bench::run();
}
