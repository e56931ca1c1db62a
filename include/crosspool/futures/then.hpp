// future::then, and the futures of what is made of calls in this process. Relies on continuation.hpp, which runs it.
#ifndef CROSSPOOL_FUTURES_THEN_HPP
#define CROSSPOOL_FUTURES_THEN_HPP

#include <crosspool/error.hpp>
#include <crosspool/future.hpp>
#include <crosspool/futures/continuation.hpp>
#include <crosspool/futures/dropped_errors.hpp>
#include <crosspool/outcome.hpp>

#include <concepts>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

inline void cancel_all(const std::vector<std::shared_ptr<completion>>& calls) {
  for (const auto& each : calls) // so that an engine lets go of them as they come, instead of looking for each
    each->abandon();
  for (const auto& each : calls)
    each->cancel();
}

/// On which calls another depends, that is none of an engine's: to wait for it or to cancel it is to do so with these.
class dependence final : public driver {
public:
  using calls = std::vector<std::shared_ptr<completion>>;

  explicit dependence(calls on) : on_(std::move(on)) {
    for (const auto& each : on_)
      if (!each->by() || (origin_ && &origin_->origin() != &each->by()->origin())) {
        origin_ = nullptr;
        break;
      } else
        origin_ = each->by();
  }

  /// From now on, on this one. of: the call that depends.
  void change(const std::shared_ptr<completion>& on, completion& of) {
    {
      const std::lock_guard lock(mutex_);
      on_ = {on};
    }
    if (of.is_cancelled()) // maybe before there was this one to cancel
      on->cancel();
  }

  void drive(completion& until, clock::time_point deadline, collector* /*to*/) override {
    continuation_queue::of_process().wait(deadline, [&](clock::time_point when) {
      if (const auto on = current(); on.size() == 1) // of many, the engines look after themselves
        on.front()->wait_until(when);
      return until.sleep_until(when);
    });
  }
  void cancel(completion& /*call*/) override { cancel_all(current()); }
  driver& origin() noexcept override { return origin_ ? origin_->origin() : *this; }

private:
  calls current() {
    const std::lock_guard lock(mutex_);
    return on_;
  }

  std::mutex mutex_;
  calls on_;
  std::shared_ptr<driver> origin_; // of all, if that is one
};

/// A value that is to come, shared by who makes it and its future.
template <class T> class promised {
public:
  explicit promised(std::shared_ptr<dependence> by) : home_(std::make_shared<completion>(std::move(by), false)) {
    home_->add();
    home_->seal();
  }

  [[nodiscard]] const std::shared_ptr<completion>& home() const noexcept { return home_; }

  void set(outcome<kept_as<T>>&& result) noexcept {
    try {
      result_.emplace(std::move(result));
    } catch (...) {
      result_.emplace(failure{std::current_exception()});
    }
    home_->remove();
  }
  T take() {
    home_->wait();
    if (home_->is_cancelled())
      std::rethrow_exception(call_was_cancelled());
    if constexpr (std::is_void_v<T>)
      static_cast<void>(result_->value());
    else
      return std::move(*result_).value();
  }

private:
  std::shared_ptr<completion> home_;
  std::optional<outcome<kept_as<T>>> result_;
};

template <class T> class promised_call : public pending<T> {
public:
  explicit promised_call(std::shared_ptr<promised<T>> value) : value_(std::move(value)) {}
  [[nodiscard]] const std::shared_ptr<completion>& home() const noexcept override { return value_->home(); }
  T collect() override { return value_->take(); }

private:
  std::shared_ptr<promised<T>> value_;
};

template <class T> future<T> future_of(std::shared_ptr<promised<T>> value) {
  return future<T>(std::make_unique<reported<promised_call<T>, T>>(std::move(value)));
}

// ---- what then() is given ----

// Whether F has one signature. Templates are not asked more: their bodies would have to compile with the answer.
template <class F>
concept one_signature = std::is_pointer_v<F> || requires { &F::operator(); };

struct not_an_outcome {};
template <class G>
concept takes_outcome = one_signature<G> && std::invocable<G, failure> && !std::invocable<G, not_an_outcome>;

// Whether what g returns is itself to be waited for.
template <class R> struct awaited {
  static constexpr bool is_future = false;
  using type = R;
};
template <class T> struct awaited<future<T>> {
  static constexpr bool is_future = true;
  using type = T;
};

// Empty where g takes neither: then() is not to be had.
template <class T, class G> struct continued {};
template <class R> struct continued_by {
  using returned = std::remove_cvref_t<R>;
  using value_type = typename awaited<returned>::type;
  using future_type = future<value_type>;
};
template <class T, class G>
  requires takes_outcome<G>
struct continued<T, G> : continued_by<std::invoke_result_t<G, outcome<kept_as<T>>>> {};
template <class T, class G>
  requires(!takes_outcome<G> && std::invocable<G, T>)
struct continued<T, G> : continued_by<std::invoke_result_t<G, T>> {};
template <class G>
  requires(!takes_outcome<G> && std::invocable<G>)
struct continued<void, G> : continued_by<std::invoke_result_t<G>> {};

// Where void is std::monostate.
template <class G, class... Args> auto invoke_kept(G&& g, Args&&... args) {
  if constexpr (std::is_void_v<std::invoke_result_t<G, Args...>>) {
    std::invoke(std::forward<G>(g), std::forward<Args>(args)...);
    return std::monostate();
  } else
    return std::invoke(std::forward<G>(g), std::forward<Args>(args)...);
}
template <class T, class G> auto call_with(G&& g, outcome<kept_as<T>> result) {
  if constexpr (takes_outcome<std::decay_t<G>>)
    return detail::invoke_kept(std::forward<G>(g), std::move(result));
  else if constexpr (std::is_void_v<T>) {
    static_cast<void>(result.value());
    return detail::invoke_kept(std::forward<G>(g));
  } else
    return detail::invoke_kept(std::forward<G>(g), std::move(result).value());
}

// Gives to what g makes of result.
template <class T, class G, class U>
void continue_with(std::optional<G>& g, outcome<kept_as<T>>&& result, const std::shared_ptr<promised<U>>& to,
                   dependence& by) noexcept {
  if (to->home()->is_cancelled())
    return;
  std::optional<outcome<kept_as<U>>> made;
  try {
    if constexpr (awaited<typename continued<T, G>::returned>::is_future) {
      auto next = detail::call_with<T>(std::move(*g), std::move(result));
      g.reset();
      auto call = future_access::take(next);
      by.change(call->home(), *to->home());
      detail::when_ended(std::move(call), [to](outcome<kept_as<U>> last) { to->set(std::move(last)); });
      return;
    } else
      made.emplace(detail::call_with<T>(std::move(*g), std::move(result)));
  } catch (...) {
    made.emplace(failure{std::current_exception()});
  }
  g.reset(); // what it refers to is let go of before anybody knows of its end
  to->set(*std::move(made));
}

} // namespace detail

template <class T>
template <class G>
typename detail::continued<T, std::decay_t<G>>::future_type future<T>::then(G&& g) {
  using function = std::decay_t<G>;
  using value = typename detail::continued<T, function>::value_type;
  std::optional<function> kept(std::forward<G>(g));
  auto by = std::make_shared<detail::dependence>(detail::dependence::calls{detail::future_access::home(*this)});
  auto to = std::make_shared<detail::promised<value>>(by);
  auto result = detail::future_of(to);
  detail::when_ended(
      detail::future_access::take(*this),
      [kept = std::move(kept), by = std::move(by), to = std::move(to)](outcome<detail::kept_as<T>> ended) mutable {
        detail::continue_with<T>(kept, std::move(ended), to, *by);
      });
  return result;
}

} // namespace CROSSPOOL_NAMESPACE

#endif
