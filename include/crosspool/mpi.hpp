// The mpi policy: workers on other machines. Started by mpirun, rank 0 is the program, and each other rank hosts a
// local pool for it; without mpirun, the program hosts that itself. Not a part of crosspool.hpp, as it needs MPI.
#ifndef CROSSPOOL_MPI_HPP
#define CROSSPOOL_MPI_HPP

#include <crosspool/fork.hpp>
#include <crosspool/pool.hpp>
#include <crosspool/processes/spawned_workers.hpp>
#include <crosspool/ranks/engine.hpp>
#include <crosspool/ranks/mpi_job.hpp>
#include <crosspool/thread.hpp>

#include <concepts>
#include <memory>
#include <string_view>

namespace CROSSPOOL_NAMESPACE {

/// Workers are those of a local pool on each rank but 0, which runs main and deals out; or on rank 0, if that is all
/// there is. Everything that reaches them is serialized, the initializer and its arguments included. Needs
/// crosspool::init(argc, argv) as the first line of main, where all ranks but 0 stay until the program ends.
///
/// options.workers are those of one rank, options.start_timeout is for each; pool.workers() counts all. Hosts says what
/// they are: fork, whose crashes, deadlines and limits cost an item, or thread. A rank that dies ends the whole job, as
/// MPI does.
template <policy Hosts>
  requires std::same_as<Hosts, fork> || std::same_as<Hosts, thread>
struct mpi_hosting {
  static constexpr std::string_view name = "mpi";
  static constexpr crossing initializer = crossing::serialized;
  static constexpr crossing function = crossing::serialized;
  static constexpr crossing arguments = crossing::serialized;
  static constexpr crossing results = crossing::serialized;
  using engine = detail::rank_engine;

  /// Throws start_failed.
  template <class Init, class... Args>
  static std::shared_ptr<engine> start(const options& o, Init&& init, Args&&... args) {
    auto& program = detail::mpi_program::demand();
    return std::make_shared<engine>(o, std::same_as<Hosts, thread>, detail::make_setup<Init, Args...>(init, args...),
                                    program.service(o.start_timeout));
  }
};

// Classes, not other names for these: compilers print them where an argument cannot cross.
struct mpi : mpi_hosting<fork> {};
struct mpi_threads : mpi_hosting<thread> {};
using mpi_pool = pool<mpi>;

static_assert(policy<mpi> && policy<mpi_threads>);

} // namespace CROSSPOOL_NAMESPACE

#endif
