#include "../contestants/pipes.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  bench::start(argc, argv);
  large_blocks::add_doubles<Pipes>("pipes by hand");
  return bench::run();
}
