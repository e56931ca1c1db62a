#include "../contestants/async.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  task_sizes::add<Async>("std::async");
  return bench::run();
}
