#include "../contestants/async.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  small_items::one_a_task<Async>("std::async", 10'000);
  small_items::chunks<AsyncChunks>("std::async");
  return bench::run();
}
