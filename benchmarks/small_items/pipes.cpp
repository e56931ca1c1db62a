#include "../contestants/pipes.hpp"

#include "workload.hpp"

namespace small_items {
template <class Archive> void serialize(Archive& archive, Triple& t) {
  archive(t.x, t.y, t.z);
}
} // namespace small_items

int main(int argc, char** argv) {
  bench::start(argc, argv);
  small_items::one_a_task<Pipes>("pipes by hand", 100'000);
  small_items::chunks<PipesChunks>("pipes by hand");
  return bench::run();
}
