// What imap and imap_unordered return: results that are made while they are taken.
#ifndef CROSSPOOL_STREAM_HPP
#define CROSSPOOL_STREAM_HPP

#include <crosspool/future.hpp>
#include <crosspool/outcome.hpp>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE {

namespace detail {

/// Where a stream gets them from.
template <class R> class outcome_source {
public:
  outcome_source() = default;
  outcome_source(const outcome_source&) = delete;
  outcome_source& operator=(const outcome_source&) = delete;
  /// What is pending is cancelled.
  virtual ~outcome_source() = default;
  /// Replaces what is in `to` by the next outcomes, one or more; waits for them. False if there are no more. What it
  /// throws is the end, too.
  virtual bool next(std::vector<outcome<R>>& to) = 0;
};

} // namespace detail

/// What imap and imap_unordered return: an input range of results, each to be had once, as R&. It can be moved and not
/// copied; an rvalue or an lvalue of it goes into range algorithms and views. One thread at a time may use it.
///
/// Nothing is pulled from the ranges, and nothing run, before the first result is asked for. An item that failed has
/// its place: to dereference the iterator there throws its error, and the iteration can go on behind it. If a range
/// throws, what was pulled before comes first; then that exception has a place, the last. The same goes for
/// pool_closed, if the pool is closed before all has been pulled; what terminate() or a stop ends has its place as
/// cancelled. A stream may outlive its pool, which finishes what is under way.
///
/// With call_options.fail_fast, the first place that has no value is the last. It throws the error that ended the call,
/// also if that is of an item further on: of those that failed, as far as is known, the lowest one's.
///
/// The end of the stream, as when a loop over it is left, cancels what is pending as future::cancel does. What
/// call_options.progress throws is thrown where the next result is asked for, and ends the stream.
template <class R> class stream : public detail::pool_or_future {
public:
  /// To compare it with end() or to dereference it waits for the next result, and may throw what stands there, or
  /// pool_closed in a process that was forked from the one that made the stream.
  class iterator {
  public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = R;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(stream& of) : of_(&of) {}

    R& operator*() const { return of_->current(); }
    iterator& operator++() {
      of_->pass();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& at, std::default_sentinel_t /*end*/) { return at.is_at_end(); }

  private:
    [[nodiscard]] bool is_at_end() const { return !of_->has_current(); }

    stream* of_ = nullptr;
  };

  /// At its end.
  stream() = default;
  explicit stream(std::unique_ptr<detail::outcome_source<R>> source) : source_(std::move(source)) {}
  stream(stream&& other) noexcept { swap(other); }
  stream& operator=(stream&& other) noexcept {
    stream(std::move(other)).swap(*this);
    return *this;
  }
  ~stream() = default;

  /// Goes on behind the last result, or error, that an iterator was dereferenced at.
  iterator begin() {
    if (std::exchange(is_taken_, false))
      ++at_;
    return iterator(*this);
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
  R& current() {
    has_current();
    is_taken_ = true;
    return at_->value();
  }
  void pass() {
    if (has_current())
      ++at_;
    is_taken_ = false;
  }
  bool has_current() { return at_ != end_ || fetch(); }
  bool fetch() {
    if (source_ == nullptr)
      return false;
    if (this_worker::pid() != owner_)
      throw pool_closed("crosspool: this stream belongs to the process that made it, not to one forked from that");
    at_ = end_ = nullptr;
    auto source = std::move(source_);
    if (!source->next(outcomes_))
      return false;
    source_ = std::move(source);
    at_ = outcomes_.data();
    end_ = at_ + outcomes_.size();
    return true;
  }

  void swap(stream& other) noexcept {
    std::swap(source_, other.source_);
    std::swap(outcomes_, other.outcomes_);
    std::swap(at_, other.at_);
    std::swap(end_, other.end_);
    std::swap(is_taken_, other.is_taken_);
    std::swap(owner_, other.owner_);
  }

  std::unique_ptr<detail::outcome_source<R>> source_; // null: it has ended
  std::vector<outcome<R>> outcomes_;                  // the last that it gave
  outcome<R>* at_ = nullptr;                          // the next of these
  outcome<R>* end_ = nullptr;                         // behind them
  bool is_taken_ = false;                             // somebody has looked at that
  int owner_ = this_worker::pid();
};

} // namespace CROSSPOOL_NAMESPACE

#endif
