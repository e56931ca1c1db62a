// What holds for the items of a call: what its own options say, and its pool's where these say nothing.
#ifndef CROSSPOOL_CALLS_LIMITS_HPP
#define CROSSPOOL_CALLS_LIMITS_HPP

#include <crosspool/calls/completion.hpp>
#include <crosspool/options.hpp>
#include <crosspool/rng.hpp>

#include <chrono>

namespace CROSSPOOL_NAMESPACE::detail {

/// The limits of a pool's calls. Thread-safe.
class limits_of_calls {
public:
  /// runs_again: whether an item that was lost can be run once more.
  limits_of_calls(const options& of_pool, bool runs_again)
      : timeout_(of_pool.task_timeout), runs_again_(runs_again), seeds_(of_pool.seed) {}

  /// How long one item of a call may run; zero: as long as it likes.
  [[nodiscard]] std::chrono::milliseconds timeout(const call_options& of_call = {}) const noexcept {
    return of_call.timeout.count() != 0 ? of_call.timeout : timeout_;
  }
  /// Those of the next call, which has a seed of its own.
  call_limits next(const call_options& o) {
    return {.timeout = timeout(o),
            .retries = runs_again_ ? o.retries : 0,
            .seed = seeds_.next(),
            .fail_fast = o.fail_fast,
            .priority = o.priority};
  }

private:
  const std::chrono::milliseconds timeout_;
  const bool runs_again_;
  call_seeds seeds_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
