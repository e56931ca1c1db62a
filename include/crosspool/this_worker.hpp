// What a task may ask about the worker that runs it.
#ifndef CROSSPOOL_THIS_WORKER_HPP
#define CROSSPOOL_THIS_WORKER_HPP

#include <crosspool/os/process_id.hpp>

#include <cstddef>

namespace CROSSPOOL_NAMESPACE {

namespace detail {
inline int worker_of_process = -1;             // in a worker process, for all its threads
inline thread_local int worker_of_thread = -1; // in a worker thread
inline std::size_t memory_limit_here = 0;      // options.memory_limit, in a worker process
} // namespace detail

namespace this_worker {

/// 0 … workers-1 inside a worker (a replacement has the number of the worker it replaces); -1 elsewhere. Thread-safe.
inline int id() noexcept {
  return detail::worker_of_thread >= 0 ? detail::worker_of_thread : detail::worker_of_process;
}

/// The process that runs the task; that of the program itself in a thread pool. Thread-safe.
inline int pid() noexcept {
  return detail::process_id();
}

} // namespace this_worker
} // namespace CROSSPOOL_NAMESPACE

#endif
