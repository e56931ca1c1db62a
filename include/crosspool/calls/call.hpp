// A call as its caller has it: the results of its parcels, put in order as they come home, and what the verbs make of
// them.
#ifndef CROSSPOOL_CALLS_CALL_HPP
#define CROSSPOOL_CALLS_CALL_HPP

#include <crosspool/calls/awaited_call.hpp>
#include <crosspool/error.hpp>
#include <crosspool/os/huge_pages.hpp>
#include <crosspool/outcome.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// The results of a call, in the order of its items: the values, and of the errors the first; or each outcome apart.
template <class R> class results {
public:
  explicit results(bool each_apart = false) : each_apart_(each_apart) {}

  void reserve(std::size_t count) {
    if (each_apart_)
      detail::reserve(outcomes_, count);
    else if constexpr (std::is_same_v<in_order<R>, std::vector<R>>)
      detail::reserve_to_fill(values_, count);
  }
  void add(R&& value) {
    if (each_apart_)
      outcomes_.emplace_back(std::move(value));
    else
      values_.push_back(std::move(value));
  }
  /// Copies of values in a row.
  void add(const R* first, const R* last) {
    if (each_apart_)
      outcomes_.insert(outcomes_.end(), first, last);
    else
      values_.insert(values_.end(), first, last);
  }
  void fail(std::exception_ptr error) {
    if (each_apart_)
      outcomes_.emplace_back(failure{std::move(error)});
    else if (!settled())
      error_ = std::move(error);
  }
  /// What is missing of so many outcomes has failed, too.
  void fill_up(std::size_t count, const std::exception_ptr& error) {
    while (each_apart_ && outcomes_.size() < count)
      outcomes_.emplace_back(failure{error});
  }
  /// It is no use to add more.
  [[nodiscard]] bool settled() const noexcept { return error_ != nullptr && error_ != call_was_abandoned(); }
  [[nodiscard]] bool each_apart() const noexcept { return each_apart_; }

  /// Throws the error of the lowest item that failed.
  std::vector<R> take() {
    if (error_)
      std::rethrow_exception(std::exchange(error_, nullptr));
    return detail::as_one_vector(std::move(values_));
  }
  std::vector<outcome<R>> take_outcomes() { return detail::as_one_vector(std::move(outcomes_)); }

private:
  bool each_apart_;
  in_order<R> values_;
  std::exception_ptr error_;
  in_order<outcome<R>> outcomes_;
};

/// What a call sees of a parcel.
template <class R> class result_source : not_copied {
public:
  virtual ~result_source() = default;
  [[nodiscard]] virtual bool arrived() const noexcept = 0;
  /// Once it has arrived.
  virtual void unpack(results<R>& to) = 0;
};

/// One call: its parcels in order. One thread adds, then one waits; each unpacks what has arrived.
template <class R> class call final : public awaited_call {
public:
  /// each_apart: as for results.
  explicit call(std::shared_ptr<completion> home = std::make_shared<completion>(), bool each_apart = false)
      : awaited_call(std::move(home)), results_(each_apart) {}

  void add(std::shared_ptr<result_source<R>> source) { sources_.push_back(std::move(source)); }

  /// How many results there will be.
  void expect(std::size_t count) {
    results_.reserve(count);
    expect_in_all(count);
  }
  /// There are no more items than these.
  void sent_all(std::size_t count) { expect_in_all(count); }

  void collect() override {
    for (; !sources_.empty() && sources_.front()->arrived(); sources_.pop_front())
      sources_.front()->unpack(results_);
  }

  /// Of that many items, some will not come: the pool has been terminated, or the call is over.
  void cut_short(std::size_t count) { cut_short_of_ = count; }

  /// Waits for all. Throws cancelled if the call was.
  results<R> take() {
    wait();
    demand_not_cancelled(!results_.each_apart());
    collect();
    const auto [ended, failed] = count();
    const auto all = std::max(ended, cut_short_of_); // what has not been sent has failed, too
    report_end(all, failed + (all - ended));
    if (cut_short_of_ != 0)
      results_.fill_up(cut_short_of_, why_not_sent());
    return std::move(results_);
  }

private:
  std::deque<std::shared_ptr<result_source<R>>> sources_;
  results<R> results_;
  std::size_t cut_short_of_ = 0;
};

// How the results of a call become its value. Each throws the error of the lowest item that failed.
struct as_vector {
  template <class R> static auto collect(call<R>& c) {
    auto values = c.take().take();
    if constexpr (!std::is_same_v<R, std::monostate>)
      return values;
  }
};
struct as_single {
  template <class R> static auto collect(call<R>& c) {
    auto values = c.take().take();
    if constexpr (!std::is_same_v<R, std::monostate>)
      return static_cast<R>(std::move(values.front()));
  }
};
/// Each item's value or error; void functions have the value std::monostate.
struct as_outcomes {
  template <class R> static auto collect(call<R>& c) { return c.take().take_outcomes(); }
};
template <class R, class As> using collected = decltype(As::collect(std::declval<call<R>&>()));

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
