// The result of a call, as a user holds it who does not wait for the call at once.
#ifndef CROSSPOOL_FUTURE_HPP
#define CROSSPOOL_FUTURE_HPP

#include <crosspool/calls/call.hpp>
#include <crosspool/crossable.hpp>
#include <crosspool/error.hpp>
#include <crosspool/this_worker.hpp>

#include <chrono>
#include <future>
#include <memory>
#include <utility>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

template <class T> class pending {
public:
  pending() = default;
  pending(const pending&) = delete;
  pending& operator=(const pending&) = delete;
  virtual ~pending() = default;
  [[nodiscard]] virtual const std::shared_ptr<completion>& home() const noexcept = 0;
  virtual T collect() = 0;
  /// Its future ends without get(). self: this.
  virtual void drop(std::unique_ptr<pending> /*self*/) noexcept {}
};

template <class R, class As> class pending_call : public pending<collected<R, As>> {
public:
  explicit pending_call(std::unique_ptr<call<R>> c) : call_(std::move(c)) {}
  [[nodiscard]] const std::shared_ptr<completion>& home() const noexcept override { return call_->home(); }
  collected<R, As> collect() override { return As::collect(*call_); }

private:
  std::unique_ptr<call<R>> call_;
};

// What becomes of then(): see then.hpp.
template <class T, class G> struct continued;
// What waits for several calls needs more of a future than its user.
struct future_access;

} // namespace detail

/// The result of map_async or apply_async, now or later. It may outlive its pool, which brings every call home before
/// it ends. Like std::future, one thread at a time may use one future, and get() may be called once; unlike that of
/// std::async, its destructor does not wait: an error that nobody gets then goes to on_dropped_error's hook.
template <class T> class future : public detail::pool_or_future {
public:
  future() = default;
  explicit future(std::unique_ptr<detail::pending<T>> call) : call_(std::move(call)) {}
  future(future&& other) noexcept = default;
  future& operator=(future&& other) noexcept {
    if (this != &other) {
      drop();
      owner_ = other.owner_;
      call_ = std::move(other.call_);
    }
    return *this;
  }
  ~future() { drop(); }

  /// False after get() and then(), and for a default-constructed or moved-from future.
  [[nodiscard]] bool valid() const noexcept { return call_ != nullptr; }

  /// Waits, then gives the value or throws the error (for a map: that of the lowest item that failed).
  /// Throws std::future_error (no_state) if not valid; so do the functions below.
  T get() {
    demand_valid();
    return std::exchange(call_, nullptr)->collect();
  }

  /// Ends the call, unless it has ended: items that are queued are not run, and a worker process that runs one is
  /// stopped as by a timeout, and replaced; a thread finishes the item that it is at. get() throws cancelled from now
  /// on. False if the call had ended before: its values can still be had.
  bool cancel() {
    demand_valid();
    return call_->home()->cancel();
  }

  void wait() const {
    demand_valid();
    call_->home()->wait();
  }

  /// std::future_status::ready or timeout.
  template <class Rep, class Period> std::future_status wait_for(const std::chrono::duration<Rep, Period>& time) const {
    demand_valid();
    const auto now = std::chrono::steady_clock::now();
    const auto most = std::chrono::steady_clock::time_point::max() - now - std::chrono::hours(1);
    if (std::chrono::duration<double>(time) >= most) {
      call_->home()->wait(); // longer than the clock can tell, or nearly so
      return std::future_status::ready;
    }
    return call_->home()->wait_until(now + time) ? std::future_status::ready : std::future_status::timeout;
  }

  /// As wait_for. If somebody sets the clock meanwhile, that is not seen.
  template <class Clock, class Duration>
  std::future_status wait_until(const std::chrono::time_point<Clock, Duration>& when) const {
    const auto now = Clock::now();
    return now < when ? wait_for(when - now) : wait_for(std::chrono::nanoseconds::zero());
  }

  [[nodiscard]] bool ready() const {
    demand_valid();
    return call_->home()->wait_until(std::chrono::steady_clock::time_point::min());
  }

  /// Has g called with the value, as an rvalue, once it is there (g() if T is void), and returns the future of what g
  /// returns, or of what that is a future of. If the call fails, its error passes on and g is not called; but a g that
  /// takes outcome<T> (outcome<std::monostate> if T is void; not a template) gets either. What g throws is its future's
  /// error. g is moved or copied, and is called in a thread of the library's own, one such function at a time; it may
  /// use pools and wait for futures. To cancel the future that is returned cancels this call, too. This future is not
  /// valid any more.
  template <class G> typename detail::continued<T, std::decay_t<G>>::future_type then(G&& g);

private:
  friend struct detail::future_access;

  void drop() noexcept {
    if (call_ && this_worker::pid() == owner_) {
      auto& call = *call_;
      call.drop(std::move(call_));
    }
  }
  void demand_valid() const {
    if (!call_)
      throw std::future_error(std::future_errc::no_state);
    if (this_worker::pid() != owner_) // who brings the call home is not here, nor may the results be
      throw pool_closed("crosspool: this future belongs to the process that made it, not to one forked from that");
  }

  int owner_ = this_worker::pid();
  std::unique_ptr<detail::pending<T>> call_;
};

namespace detail {

struct future_access {
  /// Throws as get() does if f is not valid here.
  template <class T> static const std::shared_ptr<completion>& home(const future<T>& f) {
    f.demand_valid();
    return f.call_->home();
  }
  template <class T> static std::unique_ptr<pending<T>> take(future<T>& f) {
    f.demand_valid();
    return std::move(f.call_);
  }
};

} // namespace detail
} // namespace CROSSPOOL_NAMESPACE

#endif
