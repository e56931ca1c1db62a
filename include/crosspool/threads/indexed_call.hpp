// A call on ranges that worker threads read where they are: nothing is kept of an item, and nothing is queued for it.
// The workers that are in the call claim the next few indices, read the elements at these, and leave each result in
// its place. Relies on the caller, who waits: the function and the ranges stay as they are until the call is over.
#ifndef CROSSPOOL_THREADS_INDEXED_CALL_HPP
#define CROSSPOOL_THREADS_INDEXED_CALL_HPP

#include <crosspool/calls/completion.hpp>
#include <crosspool/check/callable.hpp>
#include <crosspool/outcome.hpp>
#include <crosspool/rng.hpp>
#include <crosspool/threads/meter.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- the results ----

// Whether a result can be written over a value that is there already, and nobody will know.
template <class R>
concept plain_result = std::is_trivially_copyable_v<R> && std::is_nothrow_default_constructible_v<R> &&
                       std::is_trivially_move_assignable_v<R> &&
                       !std::is_same_v<R, bool>; // in a vector, bools share bytes

/// Places for the results, each to be filled by some thread.
template <class R> class result_places {
public:
  explicit result_places(std::size_t count) : places_(count) {}

  /// What fills the place of item i. It reads nothing but its own pointer, so that a loop can keep that in a register.
  auto filler() noexcept {
    return [places = places_.data()](std::size_t i, auto&& result) {
      if constexpr (plain_result<R>)
        places[i] = static_cast<R>(std::forward<decltype(result)>(result));
      else
        places[i].emplace(std::forward<decltype(result)>(result));
    };
  }

  /// Fills what is empty, if outcomes are kept.
  void fill_up(const std::exception_ptr& error) {
    for (auto& each : places_)
      if (!each)
        each.emplace(failure{error});
  }

  /// Once all are filled.
  std::vector<R> take() {
    if constexpr (plain_result<R>)
      return std::move(places_);
    else {
      in_order<R> values;
      detail::reserve(values, places_.size());
      for (auto& each : places_)
        if (each) // as all are
          values.push_back(*std::move(each));
      return detail::as_one_vector(std::move(values));
    }
  }

private:
  std::vector<std::conditional_t<plain_result<R>, R, std::optional<R>>> places_;
};
template <> class result_places<std::monostate> {
public:
  explicit result_places(std::size_t) {}
  int filler() noexcept { return 0; }
  void take() {}
};

// ---- the call ----

/// The one parcel of its call, which several workers may enter, as the engine and they see it.
class indexed_call : public parcel {
public:
  /// home: of this call alone. chunksize: items that a worker claims at a time; 0: as many as take about as long as
  /// claim_time.
  indexed_call(const std::shared_ptr<completion>& home, std::string_view verb, std::size_t count,
               std::size_t chunksize);

  /// Items that nobody has claimed. Others may still be running when there are none.
  [[nodiscard]] std::size_t left() const noexcept;

  /// Runs items, in a worker that is one of so many, until none is left, or until others_wait() and the worker has had
  /// its turn, or until it has returned items because another worker had none.
  template <std::predicate OthersWait>
  void work(std::size_t workers, const OthersWait& others_wait, work_meter& meter) {
    const item_scope here(home().limits().seed);
    const auto joined = clock::now();
    auto begun = joined;
    std::size_t size = chunksize_ != 0 ? chunksize_ : 1;
    std::size_t stride = 1; // claims between two looks at the clock
    for (bool more = true; more;) {
      // Near the end, claims get smaller, so that no worker is left with many items when others have none.
      const auto n = chunksize_ != 0 ? size : std::min(size, 1 + left() / (4 * workers));
      const auto [first, ended, all] = run_claims(n, stride, others_wait);
      if (ended == 0)
        return;
      more = all;
      const auto now = clock::now();
      const auto next = meter.ran(verb(), first, ended, begun, now, stride);
      home().ended(ended, 0);
      if (now - joined >= turn && others_wait())
        return;
      if (chunksize_ != 0)
        stride = next;
      else {
        const auto took = static_cast<std::size_t>(std::max<clock::rep>((now - begun).count(), 1));
        size = std::clamp<std::size_t>(n * static_cast<std::size_t>(claim_time.count()) / took, 1, 4 * n);
      }
      begun = now;
    }
  }

  /// What is not running yet ends with error.
  void cancel(const std::exception_ptr& error);

  /// The call is over: it may be gone when this returns.
  void finish() { came_home(); }

  std::size_t workers_inside = 0; // the engine's to count

protected:
  ~indexed_call() override = default;

  /// Runs items until last, or until some have ended and wanted(). Returns the first that has not been run. The first
  /// is at hand already: to say so here, with more stores right before the next claim, would take as long as the claim.
  virtual std::size_t run(std::size_t first, std::size_t last) noexcept = 0;

  /// Whether claimed items should be given back.
  [[nodiscard]] bool wanted() const noexcept { return wanted_.load(std::memory_order_relaxed); }

  void fail(std::size_t item, const std::exception_ptr& error);

  /// Counts it. Whether that abandons the call.
  bool item_failed();

  /// Once the call is over: the error of the lowest item that failed, or, where a stop has kept some from being run,
  /// that.
  [[nodiscard]] const std::exception_ptr& error() const {
    return skipped_some_ && home().is_stopped() ? cancelled_ : error_;
  }
  /// What items have ended with that were not run.
  [[nodiscard]] const std::exception_ptr& why_not_run() const noexcept { return cancelled_; }

private:
  using clock = std::chrono::steady_clock;
  // Long against the cost of a claim, some 0.1 µs; short against what anybody waits for.
  static constexpr std::chrono::nanoseconds claim_time = std::chrono::microseconds(20);
  static constexpr std::chrono::nanoseconds turn = std::chrono::microseconds(200);

  struct claimed {
    std::size_t first, last;
  };

  struct run_so_far {
    std::size_t first, ended; // items
    bool more;                // may be left for this worker
  };
  // So many claims of n items, or fewer if others wait.
  template <class OthersWait> run_so_far run_claims(std::size_t n, std::size_t claims, const OthersWait& others_wait) {
    auto [first, last] = claim(n);
    run_so_far sum{first, 0, true};
    for (;;) {
      if (first == last)
        return {sum.first, sum.ended, false};
      at_hand.set(first);
      auto stop = run(first, last);
      if (stop != last && give_back(stop, last))
        return {sum.first, sum.ended + (stop - first), false};
      while (stop != last) // there is no memory to note it
        stop = run(stop, last);
      sum.ended += last - first;
      if (--claims == 0 || others_wait())
        return sum;
      const auto next = claim(n);
      first = next.first, last = next.last;
    }
  }

  claimed claim(std::size_t n);
  claimed claim_of_rests(std::size_t n);
  bool give_back(std::size_t first, std::size_t last) noexcept;

  // Nobody has begun these; nor will anybody.
  void take_unclaimed();
  // As the call is abandoned. They do not count as failed.
  void skip_unclaimed();
  void skip_locked(std::size_t item);

  void fail_locked(std::size_t item, const std::exception_ptr& error);

  const std::size_t chunksize_;
  std::atomic<bool> wanted_ = false;      // by a worker that found nothing to claim
  std::atomic<std::size_t> returned_ = 0; // items in rests_
  // Guarded by mutex_.
  std::mutex mutex_;
  std::vector<claimed> rests_;           // of claims, given back
  bool skipped_some_ = false;            // items
  std::size_t failed_ = std::size_t(-1); // the lowest item that did
  std::exception_ptr error_;
  std::exception_ptr cancelled_;                  // what items end with that are not run
  alignas(64) std::atomic<std::size_t> next_ = 0; // apart from what all workers read
};

/// A call of f with arguments(0), arguments(1), …, with results of type R (std::monostate for void). each_apart: what
/// an item throws is its outcome, and not the call's error.
template <class R, bool each_apart, class F, class Arguments> class indexed_call_of final : public indexed_call {
public:
  indexed_call_of(const std::shared_ptr<completion>& home, std::string_view verb, std::size_t count,
                  std::size_t chunksize, F& f, Arguments arguments)
      : indexed_call(home, verb, count, chunksize), f_(f), arguments_(std::move(arguments)), results_(count) {}

  /// Once it is over. Throws the error of the lowest item that failed, unless each is apart.
  [[nodiscard]] auto results() {
    if constexpr (each_apart)
      results_.fill_up(why_not_run()); // items that have not been
    else if (error())
      std::rethrow_exception(error());
    return results_.take();
  }

private:
  std::size_t run(std::size_t first, std::size_t last) noexcept override {
    auto& at = at_hand;
    // Copies, or they are read anew after each item.
    F& f = f_;
    const auto arguments = arguments_;
    [[maybe_unused]] const auto fill = results_.filler();
    // In claims of many items these are cheap, as far as is known: even to look at wanted() would be felt.
    const std::size_t stride = last - first < 256 ? 1 : 16;
    auto i = first;
    do
      for (const auto pause = i + std::min(last - i, stride); i != pause; ++i, at.set(i))
        try {
          auto item = arguments(i);
          if constexpr (std::is_same_v<R, std::monostate>) {
            std::apply(f, std::move(item));
            if constexpr (each_apart)
              fill(i, R());
          } else
            detail::use_result([&](auto&& result) { fill(i, std::forward<decltype(result)>(result)); }, f, item);
        } catch (...) {
          if constexpr (each_apart)
            fill(i, failure{std::current_exception()});
          else
            fail(i, std::current_exception());
          if (item_failed())
            return i + 1;
        }
    while (i != last && !wanted());
    return i;
  }

  F& f_;
  const Arguments arguments_;
  alignas(64) result_places<std::conditional_t<each_apart, outcome<R>, R>> results_; // apart from next_
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/threads/indexed_call.ipp>
#endif

#endif
