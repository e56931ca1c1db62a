// What a pool, and a single call, are made with.
#ifndef CROSSPOOL_OPTIONS_HPP
#define CROSSPOOL_OPTIONS_HPP

#include <crosspool/cpu.hpp>
#include <crosspool/progress.hpp>
#include <crosspool/stop.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string_view>

namespace CROSSPOOL_NAMESPACE {

/// What a pool is made with.
struct options {
  /// How many workers. At least 1, else std::invalid_argument.
  int workers = available_cpus();
  /// A worker process is replaced by a fresh one before it would run more items than this (of map_reduce, chunks); 0:
  /// never. Threads are not replaced.
  std::size_t max_tasks_per_worker = 0;
  /// How long one item may run; zero: as long as it likes. It then ends with task_timed_out. Its worker process is
  /// stopped, with all that it has forked into its process group: by SIGTERM, and after grace_period by SIGKILL, and
  /// is replaced. A thread cannot be stopped: the wait for the item ends, and the thread takes up the next when the
  /// item returns. What it returns is dropped. Items that are queued behind threads that do not return are waited for
  /// until one does, and so does the end of the pool wait for all threads.
  std::chrono::milliseconds task_timeout{0};
  /// How long a worker process may take to report that it is there. Its initializer is not counted.
  std::chrono::milliseconds start_timeout = std::chrono::seconds(10);
  /// Bytes that a worker process may allocate, beyond what it has when it starts (a forked one: what it inherits);
  /// 0: no limit. An item that needs more ends with memory_limit_exceeded, or with worker_died if its code does not
  /// bear a failed allocation. Not for threads.
  std::size_t memory_limit = 0;
  /// A guard against leaks: a worker process whose resident memory has grown by more than these bytes since its
  /// initializer ran is replaced by a fresh one, between two items; 0: never. Not for threads.
  std::size_t max_memory_per_worker = 0;
  /// How long a worker process may take to end after SIGTERM, before it is killed.
  std::chrono::milliseconds grace_period = std::chrono::milliseconds(100);
  /// What this_worker::rng() and task_seed() depend on in the pool's calls; none: one that nobody can foresee.
  std::optional<std::uint64_t> seed = std::nullopt;
  /// Called with each line that a worker process prints on its standard output or error, without the line's end, and
  /// with this_worker::id() of the worker: in the order in which that printed them, the last even if it has no end.
  /// They come one after the other in a thread of the pool, and wait in memory until this returns; what it throws is
  /// dropped. join() and the destructor return after the last; so this may use the pool, but not join it. What a
  /// process that a task has left behind prints after its worker's end may be lost. Not for threads: they print as the
  /// program does.
  std::function<void(int worker, std::string_view line)> on_output = nullptr;
};

/// What a single call is made with.
struct call_options {
  /// Items that a worker takes together; 0: as many as suit the time that they take, and fewer towards the end. How
  /// many are sent to a worker process at a time is another matter, and not the caller's.
  std::size_t chunksize = 0;
  /// How long one item may run; zero: options.task_timeout. Items are then claimed one at a time, whatever chunksize
  /// is. As a thread's item may outlast its call, a thread pool then keeps the function and the items as map_async
  /// does: moves what is given as rvalue, copies the rest. The call throws std::invalid_argument where the function
  /// does not take that, and where it cannot be seen that a class can be copied: that is seen of trivially copyable
  /// and standard types and of aggregates of such. map_async, which must be able to copy, takes any that can be.
  std::chrono::milliseconds timeout{0};
  /// How often an item is run again after its worker process died or its time was over. What it throws is its answer.
  /// Not for threads: a thread that does not return would only be joined by another.
  unsigned retries = 0;
  /// Of map_reduce: whether partial results are combined in the order of the items, or as they come.
  bool ordered = true;
  /// How many items of imap and imap_unordered may have been pulled from the ranges and not been given yet, those that
  /// are run or wait to be taken included; 0: 131072. At least chunksize, else std::invalid_argument. A worker gets no
  /// more than a quarter of its share of them at a time. With 1, an item is pulled when all before it have been taken:
  /// right for a range that waits for what is done with their results.
  std::size_t max_in_flight = 0;
  /// How many bytes these items may take, or their results, as far as these are known: no item is pulled while they
  /// take more. 0: 64 MiB. For processes, arguments count as they are sent. For threads, and results, it is what an
  /// object takes itself, and what a string or vector keeps in a row.
  std::size_t max_bytes_in_flight = 0;
  /// Whether the first error ends the call: items that nobody has begun by then are not run, those that are running
  /// finish, and map throws the error of the lowest item that failed; in try_map, items that were not run are
  /// cancelled; a stream ends with the error, at the first place that has no value. Items are then claimed one at a
  /// time, as with a timeout. Otherwise all are run.
  bool fail_fast = false;
  /// When that is requested, the call ends as by future::cancel(): items that are queued are not run, processes that
  /// run one are stopped, threads finish theirs. map, starmap, apply and get throw cancelled, unless all had ended;
  /// try_map returns what there is, and the other items as cancelled. Only threads that use the caller's own objects
  /// are waited for, and try_map waits until processes have ended. A stop_token of crosspool or of the standard
  /// library.
  stop_token stop = {};
  /// Of the calls that have items queued, those of a higher priority are dealt out first, those of the same in the
  /// order in which they were made. What is running goes on.
  int priority = 0;
  /// Told how far the call has come, in the thread of whoever waits for it (of map_async and apply_async: in get()): at
  /// most 20 times a second, and once when all items have ended. It may use the pool. If it throws, what has not begun
  /// is not run, and the call throws that when what has begun has ended. Of imap and imap_unordered it is told whenever
  /// the stream is asked for more, of items that wait to be taken, too, and last at the end of the stream, if that is
  /// reached: of all that have been pulled. Of map_reduce, items end with their chunk, and fail with it. To draw a bar:
  /// progress_bar.
  std::function<void(const crosspool::progress&)> progress = nullptr;
};

namespace detail {

// What any clock can add to now.
inline constexpr std::chrono::milliseconds longest_timeout = std::chrono::hours(24 * 365 * 100);

inline options checked(const options& o) {
  if (o.workers <= 0)
    throw std::invalid_argument("crosspool: options.workers must be at least 1");
  if (o.start_timeout <= std::chrono::milliseconds::zero())
    throw std::invalid_argument("crosspool: options.start_timeout must be positive");
  if (o.task_timeout < std::chrono::milliseconds::zero())
    throw std::invalid_argument("crosspool: options.task_timeout must not be negative");
  if (o.grace_period < std::chrono::milliseconds::zero())
    throw std::invalid_argument("crosspool: options.grace_period must not be negative");
  auto result = o;
  result.task_timeout = std::min(o.task_timeout, longest_timeout);
  return result;
}

inline call_options checked(const call_options& o) {
  if (o.timeout < std::chrono::milliseconds::zero())
    throw std::invalid_argument("crosspool: call_options.timeout must not be negative");
  if (o.max_in_flight != 0 && o.max_in_flight < o.chunksize)
    throw std::invalid_argument("crosspool: call_options.max_in_flight must not be less than chunksize");
  auto result = o;
  result.timeout = std::min(o.timeout, longest_timeout);
  return result;
}

} // namespace detail
} // namespace CROSSPOOL_NAMESPACE

#endif
