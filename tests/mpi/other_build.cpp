// Ranks of two builds: this is compiled twice, with ANOTHER_BUILD and without. Rank 0 refuses the other, and ends.
#include <crosspool/mpi.hpp>

#include <cstdio>
#include <string_view>

#ifdef ANOTHER_BUILD
int another_function() {
  return 1;
}
#endif

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  for (int i = 0; i < 2; ++i)
    try {
      crosspool::mpi_pool pool{1};
      std::puts("the pool has started");
      return 1;
    } catch (const crosspool::start_failed& e) {
      std::puts(e.what());
    }
}
