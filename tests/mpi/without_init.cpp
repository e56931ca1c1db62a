// A program that forgets crosspool::init gets an error that says so, with mpirun and without.
#include <crosspool/mpi.hpp>

#include <cstdio>
#include <string_view>

int main() {
  try {
    crosspool::mpi_pool pool{1};
  } catch (const crosspool::start_failed& e) {
    return std::string_view(e.what()).find("crosspool::init(argc, argv)") == std::string_view::npos;
  }
  std::puts("the pool has started");
  return 1;
}
