// Several futures, of any pools, as one: all of them, the first, each as it becomes ready. Relies on ended_calls.hpp
// where somebody waits, and on continuation.hpp where nobody does.
#ifndef CROSSPOOL_WHEN_HPP
#define CROSSPOOL_WHEN_HPP

#include <crosspool/future.hpp>
#include <crosspool/futures/continuation.hpp>
#include <crosspool/futures/ended_calls.hpp>
#include <crosspool/futures/then.hpp>
#include <crosspool/outcome.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

template <class> inline constexpr bool is_future = false;
template <class T> inline constexpr bool is_future<future<T>> = true;
template <class Range>
concept range_of_futures = std::ranges::input_range<Range> && is_future<std::ranges::range_value_t<Range>>;
template <class Range> using value_of_futures = typename awaited<std::ranges::range_value_t<Range>>::type;

template <class Range> auto moved_from(Range& range) {
  std::vector<std::ranges::range_value_t<Range>> futures;
  if constexpr (std::ranges::sized_range<Range>)
    futures.reserve(static_cast<std::size_t>(std::ranges::size(range)));
  for (auto&& each : range)
    futures.push_back(std::move(each));
  return futures;
}

inline std::vector<std::shared_ptr<completion>> homes_of(const auto&... futures) {
  return {future_access::home(futures)...};
}
template <class T> std::vector<std::shared_ptr<completion>> homes_of(const std::vector<future<T>>& futures) {
  std::vector<std::shared_ptr<completion>> homes;
  homes.reserve(futures.size());
  for (const auto& each : futures)
    homes.push_back(future_access::home(each));
  return homes;
}

// ---- all ----

/// Collects what several calls end with, one at a time, until none is missing.
template <class Value, class Places> class gathering {
public:
  gathering(std::size_t count, std::shared_ptr<promised<Value>> to) : missing_(count), to_(std::move(to)) {}

  [[nodiscard]] Places& places() noexcept { return places_; }

  /// place: for the value of the call that is at this index.
  template <class T> void put(std::size_t index, std::optional<T>& place, outcome<T> ended) noexcept {
    try {
      place.emplace(std::move(ended).value());
    } catch (...) {
      if (!error_ || index < failed_)
        error_ = std::current_exception(), failed_ = index;
    }
    --missing_;
  }
  /// Gives what all make together, if none is missing.
  template <class Make> void finish(Make make) noexcept {
    if (missing_ != 0)
      return;
    if (error_)
      return to_->set(failure{std::exchange(error_, nullptr)});
    try {
      to_->set(make(places_));
    } catch (...) {
      to_->set(failure{std::current_exception()});
    }
  }

private:
  std::size_t missing_;
  std::shared_ptr<promised<Value>> to_;
  Places places_;
  std::size_t failed_ = 0; // the lowest that did
  std::exception_ptr error_;
};

template <class T> auto values_of(std::vector<std::optional<kept_as<T>>>& places) {
  if constexpr (std::is_void_v<T>)
    return std::monostate();
  else {
    in_order<T> values;
    detail::reserve(values, places.size());
    for (auto& each : places)
      values.push_back(*std::move(each));
    return detail::as_one_vector(std::move(values));
  }
}

// ---- the first ----

/// Calls that somebody waits for, by their numbers. Ends in the thread in which it began.
class call_set final : public ended_calls {
public:
  explicit call_set(const std::vector<std::shared_ptr<completion>>& calls) {
    for (const auto& each : calls)
      calls_.emplace_back(*this, each, calls_.size());
    for (auto& each : calls_)
      watch(each);
  }
  ~call_set() {
    for (auto& each : calls_)
      let_go(each);
  }

  /// Waits for the next that has ended.
  std::size_t take_next() {
    watched_call* ended = nullptr;
    continuation_queue::of_process().wait(clock::time_point::max(), [&](clock::time_point when) {
      ended = take_until(when);
      return ended != nullptr;
    });
    return static_cast<numbered_call*>(ended)->number;
  }

private:
  struct numbered_call final : watched_call {
    numbered_call(call_set& by, std::shared_ptr<completion> call, std::size_t n)
        : watched_call(by, std::move(call)), number(n) {}
    const std::size_t number;
  };

  std::deque<numbered_call> calls_;
};

} // namespace detail

/// Waits until one of the futures is ready, and returns its index: the lowest of those that are. The futures stay as
/// they are. Throws std::invalid_argument if there are none, and std::future_error if one is not valid.
template <std::ranges::forward_range Range>
  requires detail::range_of_futures<Range>
std::size_t wait_any(Range&& futures) {
  std::vector<std::shared_ptr<detail::completion>> homes;
  for (const auto& each : futures) {
    if (each.ready())
      return homes.size();
    homes.push_back(detail::future_access::home(each));
  }
  if (homes.empty())
    throw std::invalid_argument("crosspool: wait_any must have a future to wait for");
  return detail::call_set(homes).take_next();
}

/// What when_any gives: all of its futures, and which of them was ready first.
template <class T> struct when_any_result {
  std::size_t index;
  std::vector<future<T>> futures;
};

namespace detail {

template <class T> class racing : public std::enable_shared_from_this<racing<T>> {
public:
  racing(std::vector<future<T>> futures, std::shared_ptr<promised<when_any_result<T>>> to)
      : futures_(std::move(futures)), to_(std::move(to)) {}

  void begin() {
    const std::lock_guard lock(mutex_); // the first to end has to wait until all are here
    for (std::size_t i = 0; i < futures_.size(); ++i)
      runners_.push_back(std::make_unique<runner>(*this, i));
    for (auto& each : runners_)
      continuation_queue::of_process().add(*each);
  }

private:
  class runner final : public continuation {
  public:
    runner(racing& race, std::size_t number)
        : continuation(future_access::home(race.futures_[number])), race_(race.shared_from_this()), number_(number) {}
    void run() noexcept override {
      const auto race = race_;
      race->end(number_);
    }

  private:
    std::shared_ptr<racing> race_;
    std::size_t number_;
  };

  void end(std::size_t first) noexcept {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < runners_.size(); ++i)
      if (i != first)
        runners_[i]->withdraw();
    runners_.clear();
    to_->set(when_any_result<T>{first, std::move(futures_)});
  }

  std::mutex mutex_;
  std::vector<future<T>> futures_;
  std::vector<std::unique_ptr<runner>> runners_;
  std::shared_ptr<promised<when_any_result<T>>> to_;
};

} // namespace detail

/// A future that is ready when one of these is: it gives them all back, and the index of that one. To cancel it cancels
/// all. Throws std::invalid_argument if there are none, and std::future_error if one is not valid.
template <detail::range_of_futures Range>
auto when_any(Range&& futures) -> future<when_any_result<detail::value_of_futures<Range>>> {
  using T = detail::value_of_futures<Range>;
  auto all = detail::moved_from(futures);
  if (all.empty())
    throw std::invalid_argument("crosspool: when_any must have a future to wait for");
  const auto to = std::make_shared<detail::promised<when_any_result<T>>>(
      std::make_shared<detail::dependence>(detail::homes_of(all)));
  auto result = detail::future_of(to);
  std::make_shared<detail::racing<T>>(std::move(all), to)->begin();
  return result;
}

/// A future of all values, in the order of the futures: of std::vector<T>, or of void if they are futures of void. It
/// is ready when all have ended, and has the error of the lowest that failed. To cancel it cancels all. Throws
/// std::future_error if one is not valid.
template <detail::range_of_futures Range> auto when_all(Range&& futures) {
  using T = detail::value_of_futures<Range>;
  using value = typename std::conditional_t<std::is_void_v<T>, std::type_identity<void>,
                                            std::type_identity<std::vector<detail::kept_as<T>>>>::type;
  using places = std::vector<std::optional<detail::kept_as<T>>>;
  auto all = detail::moved_from(futures);
  const auto to = std::make_shared<detail::promised<value>>(
      std::make_shared<detail::dependence>(detail::homes_of(all)));
  const auto gathered = std::make_shared<detail::gathering<value, places>>(all.size(), to);
  auto result = detail::future_of(to);
  gathered->places() = places(all.size());
  if (all.empty())
    gathered->finish(detail::values_of<T>);
  for (std::size_t i = 0; i < all.size(); ++i)
    detail::when_ended(detail::future_access::take(all[i]), [gathered, i](outcome<detail::kept_as<T>> ended) {
      gathered->put(i, gathered->places()[i], std::move(ended));
      gathered->finish(detail::values_of<T>);
    });
  return result;
}

/// The same for futures of different types: a future of std::tuple, with std::monostate for void.
template <class... T> future<std::tuple<detail::kept_as<T>...>> when_all(future<T>&&... futures) {
  using value = std::tuple<detail::kept_as<T>...>;
  using places = std::tuple<std::optional<detail::kept_as<T>>...>;
  const auto to = std::make_shared<detail::promised<value>>(
      std::make_shared<detail::dependence>(detail::homes_of(futures...)));
  const auto gathered = std::make_shared<detail::gathering<value, places>>(sizeof...(T), to);
  auto result = detail::future_of(to);
  const auto make = [](places& all) {
    return std::apply([](auto&... each) { return value(*std::move(each)...); }, all);
  };
  if constexpr (sizeof...(T) == 0)
    gathered->finish(make);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (detail::when_ended(detail::future_access::take(futures),
                        [gathered, make](outcome<detail::kept_as<T>> ended) {
                          gathered->put(I, std::get<I>(gathered->places()), std::move(ended));
                          gathered->finish(make);
                        }),
     ...);
  }(std::index_sequence_for<T...>());
  return result;
}

/// A future out of as_completed.
template <class T> class completed_future : public future<T> {
public:
  completed_future() = default;
  completed_future(future<T>&& f, std::size_t index) : future<T>(std::move(f)), index_(index) {}
  /// Where it stood among those that were given.
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

private:
  std::size_t index_ = 0;
};

/// What as_completed returns: a range to be read once. Its elements can be moved out of it. To move or to end it while
/// another thread reads it is a race.
template <class T> class completed_futures : public std::ranges::view_base {
  struct state;

public:
  explicit completed_futures(std::vector<future<T>> futures) : state_(std::make_unique<state>(std::move(futures))) {}

  class iterator {
  public:
    using value_type = completed_future<T>;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(completed_futures& of) : of_(of.state_.get()) {}
    completed_future<T>& operator*() const noexcept { return of_->current; }
    completed_future<T>* operator->() const noexcept { return &of_->current; }
    /// Waits for the next.
    iterator& operator++() {
      of_->advance();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& i, std::default_sentinel_t) noexcept { return i.of_->over; }

  private:
    state* of_ = nullptr;
  };

  /// Waits for the first. To be called once.
  iterator begin() {
    state_->advance();
    return iterator(*this);
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  /// Cancels all that have not been read yet. They are ready then.
  void cancel() {
    std::vector<std::shared_ptr<detail::completion>> homes;
    for (const auto& each : state_->futures)
      if (each.valid())
        homes.push_back(detail::future_access::home(each));
    detail::cancel_all(homes);
  }

private:
  struct state {
    explicit state(std::vector<future<T>> all)
        : futures(std::move(all)), calls(detail::homes_of(futures)), left(futures.size()) {}

    void advance() {
      over = left == 0;
      if (over)
        return;
      const auto next = calls.take_next();
      --left;
      current = completed_future<T>(std::move(futures[next]), next);
    }

    std::vector<future<T>> futures;
    detail::call_set calls;
    std::size_t left;
    completed_future<T> current;
    bool over = false;
  };

  std::unique_ptr<state> state_;
};

/// The futures in the order in which they become ready: for (auto& f : as_completed(std::move(futures))) use(f.get()).
/// They are moved out of the range. Throws std::future_error if one is not valid.
template <detail::range_of_futures Range>
completed_futures<detail::value_of_futures<Range>> as_completed(Range&& futures) {
  return completed_futures<detail::value_of_futures<Range>>(detail::moved_from(futures));
}

} // namespace CROSSPOOL_NAMESPACE

#endif
