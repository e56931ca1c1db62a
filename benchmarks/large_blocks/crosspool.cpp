#include "../contestants/crosspool.hpp"

#include "workload.hpp"

using namespace large_blocks;

template <template <auto> class Contestant> void add_types(std::string_view contestant, memory kind) {
  add_doubles<Contestant>(contestant, kind);
  if (kind == memory::fresh)
    add<Contestant, Doubles, &sum_in_place>(contestant, "vector<double>, sum, read in place", kind);
  add_all<Contestant, std::string, &sum_string>(contestant, "string", kind);
  add_all<Contestant, Points, &sum_points>(contestant, "vector<aggregate>", kind);
  add_all<Contestant, Columns, &sum_columns>(contestant, "struct of three vectors", kind);
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  for (const auto kind : {memory::fresh, memory::reused}) {
    add_types<ThreadOne>("crosspool thread", kind);
    add_types<ForkOne>("crosspool fork", kind);
    add_types<SpawnOne>("crosspool spawn", kind);
  }
  return bench::run();
}
