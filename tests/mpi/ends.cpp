// How a program may end whose pools are there still, or were never made, and who may start and end MPI. Rank 0 gets as
// far as it should, and no other hangs.
#include <crosspool/mpi.hpp>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

static int increment(int x) {
  return x + 1;
}

static std::optional<crosspool::mpi_pool> global;

// Whether MPI's own start lets pools use it.
static bool can_start() {
  try {
    crosspool::mpi_pool pool{1};
    return pool.apply(increment, 1) == 2;
  } catch (const crosspool::start_failed& e) {
    return std::string_view(e.what()).find("MPI_THREAD_SERIALIZED") == std::string_view::npos;
  }
}

int main(int argc, char** argv) {
  const std::string_view how = argc > 1 ? argv[1] : "";
  int level = MPI_THREAD_SINGLE;
  if (how == "own_mpi")
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level);
  else if (how == "own_mpi_single")
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SINGLE, &level);
  crosspool::init(argc, argv);
  if (how == "global")
    global.emplace(1);
  else if (how == "leaked") {
    auto* const pool = new crosspool::mpi_pool(1);
    if (pool->apply(increment, 1) != 2)
      return 1;
  } else if (how == "exit") {
    crosspool::mpi_pool pool{1};
    const auto pending = pool.map_async(increment, std::vector<int>(1000));
    std::puts("as far as it should");
    std::exit(EXIT_SUCCESS);
  } else if (how == "own_mpi") {
    if (!can_start())
      return 1;
    MPI_Finalize();
  } else if (how == "own_mpi_single") {
    if (level == MPI_THREAD_SINGLE && can_start())
      return 1;
    MPI_Finalize();
  }
  std::puts("as far as it should");
}
