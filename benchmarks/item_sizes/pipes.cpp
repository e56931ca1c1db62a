#include "../contestants/pipes.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  item_sizes::add<Pipes>("pipes by hand");
  return bench::run();
}
