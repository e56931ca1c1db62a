#include "../contestants/crosspool.hpp"

#include "workload.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  small_items::one_a_task<ThreadOne>("crosspool thread");
  small_items::one_a_task<ForkOne>("crosspool fork");
  small_items::one_a_task<SpawnOne>("crosspool spawn");
  small_items::chunks<ThreadChunks>("crosspool thread");
  small_items::chunks<ForkChunks>("crosspool fork");
  small_items::chunks<SpawnChunks>("crosspool spawn");
  return bench::run();
}
