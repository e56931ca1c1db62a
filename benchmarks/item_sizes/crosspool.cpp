#include "../contestants/crosspool.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  item_sizes::add<ThreadOne>("crosspool thread");
  item_sizes::add<ForkOne>("crosspool fork");
  item_sizes::add<SpawnOne>("crosspool spawn");
  return bench::run();
}
