// A call's items for worker threads: nothing is packed, the items are kept as they are or referred to, and the results
// are left where the caller finds them.
#ifndef CROSSPOOL_THREADS_TASK_HPP
#define CROSSPOOL_THREADS_TASK_HPP

#include <crosspool/calls/call.hpp>
#include <crosspool/check/callable.hpp>
#include <crosspool/rng.hpp>
#include <crosspool/threads/meter.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// A parcel for a worker thread, as the engine sees it.
class local_parcel : public parcel {
public:
  using parcel::parcel;
  static constexpr std::size_t bytes() noexcept { return 0; } // nothing is sent
  /// Runs its items, until the call is abandoned. Of a call with a timeout, it has one item only.
  virtual void run(work_meter& meter) noexcept = 0;
  /// Ends the items that it has not run with error.
  virtual void fail(const std::exception_ptr& error) = 0;
  /// Nobody wants its results any more: lets go of what it keeps for its items, instead of running them.
  virtual void drop() noexcept = 0;
};

/// A call of F on items, with results of type R (std::monostate for void). Each T is how an item is kept: as a value,
/// or by reference if the caller waits; F is called with T&&.
template <class R, class F, class... T> class local_task {
public:
  class parcel_type final : public local_parcel, public result_source<R>, private timed_item {
  public:
    parcel_type(std::shared_ptr<completion> home, std::string_view verb, std::size_t first, std::shared_ptr<F> f)
        : local_parcel(std::move(home), verb, first), f_(std::move(f)) {}

    template <class... Items> void add(Items&&... items) {
      items_.emplace_back(std::forward<Items>(items)...);
      added();
    }

    void run(work_meter& meter) noexcept override {
      try {
        const item_scope here(this->home().limits().seed);
        at_hand.set(this->first());
        detail::reserve(outcomes_, items_.size());
        if (this->home().limits().timeout.count() != 0 && !abandoned())
          return run_in_time(meter);
        const auto start = work_meter::clock::now();
        auto begun = start;
        std::size_t stride = 1, until_look = 1, measured = 0;
        for (auto& item : items_) {
          if (abandoned())
            return fail(call_was_abandoned());
          outcomes_.push_back(outcome_of(item));
          at_hand.set(this->first() + outcomes_.size());
          if (--until_look != 0)
            continue;
          const auto now = work_meter::clock::now();
          const auto first = this->index_for_caller(measured);
          stride = meter.ran(this->verb(), first, this->index_for_caller(outcomes_.size()) - first, begun, now, stride);
          count_from(std::exchange(measured, outcomes_.size()));
          until_look = std::min(stride, items_.size() - measured);
          begun = now;
        }
        const estimated_time took = work_meter::clock::now() - start;
        this->home().set_pace(took / items_.size());
        finish();
      } catch (...) { // the outcome had no place
        fail(std::current_exception());
      }
    }

    void fail(const std::exception_ptr& error) override {
      const auto run = outcomes_.size();
      while (outcomes_.size() != items_.size())
        outcomes_.push_back(failure{error});
      count_from(run);
      finish();
    }

    void drop() noexcept override {
      decltype(items_)().swap(items_);
      f_.reset();
    }

    [[nodiscard]] bool arrived() const noexcept override { return is_home(); }

    void unpack(results<R>& to) override {
      for (auto& each : outcomes_)
        if (each)
          to.add(*std::move(each));
        else
          to.fail(each.error());
      outcomes_.clear();
    }

  private:
    outcome<R> outcome_of(std::tuple<T...>& item) noexcept {
      try {
        if constexpr (std::is_same_v<R, std::monostate>) {
          std::apply(*f_, std::move(item));
          return R{};
        } else
          return detail::use_result([](auto&& result) { return outcome<R>(std::forward<decltype(result)>(result)); },
                                    *f_, item);
      } catch (...) {
        auto error = std::current_exception();
        note_failure();
        return failure{std::move(error)};
      }
    }
    void note_failure() {
      if (this->home().limits().fail_fast)
        this->home().bring_home_unrun();
    }

    // The outcomes from this one on are known now.
    void count_from(std::size_t first) noexcept {
      if (this->home().counts_items())
        this->home().ended(outcomes_.size() - first, static_cast<std::size_t>(std::count_if(
                                                         outcomes_.begin() + static_cast<std::ptrdiff_t>(first),
                                                         outcomes_.end(), std::logical_not())));
    }

    void finish() {
      drop();
      came_home();
    }

    // From begin() on, the outcome belongs to whoever takes the item back from its call.
    void run_in_time(work_meter& meter) {
      const auto begun = work_meter::clock::now();
      this->home().begin(*this);
      auto result = outcome_of(items_.front());
      meter.ran(this->verb(), this->first(), 1, begun, work_meter::clock::now());
      drop();
      if (!this->home().end(*this))
        return meter.mark("timed out", this->verb(), this->first(), begun + this->home().limits().timeout);
      try {
        outcomes_.push_back(std::move(result));
      } catch (...) {
        outcomes_.push_back(failure{std::current_exception()});
      }
      count_from(0);
      came_home();
    }
    void time_out() noexcept override {
      outcomes_.push_back(failure{std::make_exception_ptr(
          task_timed_out("crosspool: " + had_not_ended(this->verb(), this->first(), this->home().limits().timeout) +
                             "; its thread is not to be had until it returns",
                         this->first()))});
      note_failure();
      count_from(0);
      came_home();
    }

    std::shared_ptr<F> f_;
    // An item may be impossible to move.
    std::conditional_t<std::is_nothrow_move_constructible_v<std::tuple<T...>>, std::vector<std::tuple<T...>>,
                       std::deque<std::tuple<T...>>>
        items_;
    in_order<outcome<R>> outcomes_;
  };

  explicit local_task(std::shared_ptr<F> f) : f_(std::move(f)) {}

  std::shared_ptr<parcel_type> start_parcel(std::shared_ptr<completion> home, std::string_view verb,
                                            std::size_t first) const {
    return std::make_shared<parcel_type>(std::move(home), verb, first, f_);
  }

private:
  std::shared_ptr<F> f_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
