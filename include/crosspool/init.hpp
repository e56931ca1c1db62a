// crosspool::init: what a program calls first whose own image is started anew for its workers.
#ifndef CROSSPOOL_INIT_HPP
#define CROSSPOOL_INIT_HPP

#include <crosspool/version.hpp>

#include <vector>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

// A policy that starts the program's image anew says here how such a process is known and what it does: before main,
// and only where a pool of that policy is made somewhere in the program. In any other, a worker's arguments are like
// all.
using worker_main = void (*)(int argc, char** argv);
inline worker_main start_as_worker = nullptr;

// What else init does in the program itself: called in no particular order.
using init_hook = void (*)(int argc, char** argv);
inline std::vector<init_hook>& init_hooks() {
  static std::vector<init_hook> hooks;
  return hooks;
}

inline bool init_called = false;
inline bool init_knows_workers = false; // it was called where start_as_worker was known
inline const char* program_name = "";

} // namespace detail

/// The first line of main. In a worker process it does the worker's work and does not return; in the program itself it
/// does next to nothing. Only spawn and mpi pools need it; making one without it throws start_failed.
inline void init(int argc, char** argv) {
  detail::init_called = true;
  detail::init_knows_workers = detail::start_as_worker != nullptr;
  if (argc > 0)
    detail::program_name = argv[0];
  if (detail::start_as_worker != nullptr)
    detail::start_as_worker(argc, argv);
  for (const auto hook : detail::init_hooks())
    hook(argc, argv);
}

} // namespace CROSSPOOL_NAMESPACE

#endif
