// A worker's state: what the pool's initializer returned in it. It stays with the worker, until that ends in order, and
// goes to each task that takes it as its first argument. Relies on one thread serving a worker from its start to its
// end.
#ifndef CROSSPOOL_CALLS_WORKER_STATE_HPP
#define CROSSPOOL_CALLS_WORKER_STATE_HPP

#include <crosspool/check/parameters.hpp>

#include <concepts>
#include <functional>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- where it is ----

struct kept_state : private not_copied {
  virtual ~kept_state() = default;
};
// In place: it need not be possible to move it.
template <class State> struct state_holder final : kept_state {
  template <class Make> explicit state_holder(Make make) : value(make()) {}
  State value;
};

/// That of the worker which this thread is; null if it has none.
constinit inline thread_local kept_state* state_here = nullptr;

template <class State> State& state_of_this_worker() noexcept {
  return static_cast<state_holder<State>*>(state_here)->value;
}

inline void drop_state() noexcept {
  delete std::exchange(state_here, nullptr);
}
/// In a thread that serves a worker: what the initializer leaves ends with this.
class state_scope : not_copied {
public:
  ~state_scope() { drop_state(); }
};

// ---- functions around others ----

/// An initializer whose value becomes the worker's state. Init: its type, or a reference to it.
template <class State, class Init> class keeping_initializer : public function_wrapper {
public:
  using wrapped = Init;
  explicit keeping_initializer(Init init) : init_(static_cast<Init&&>(init)) {}

  template <class... Args>
    requires std::invocable<Init&, Args...>
  void operator()(Args&&... args) {
    state_here = new state_holder<State>(
        [&]() -> decltype(auto) { return std::invoke(init_, std::forward<Args>(args)...); });
  }

  [[nodiscard]] const std::remove_reference_t<Init>& function() const noexcept { return init_; }

private:
  Init init_;
};

// Whether a function with these parameters, called with Args, takes a reference to something else where the state goes.
template <class State, class Parameters, class... Args> inline constexpr bool is_for_another_state = false;
template <class State, class First, class... Rest, class... Args>
  requires(std::is_lvalue_reference_v<First> && sizeof...(Rest) == sizeof...(Args))
inline constexpr bool is_for_another_state<State, types<First, Rest...>, Args...> =
    !std::is_convertible_v<State*, std::remove_reference_t<First>*>;

/// Whether F, called with Args, wants a state of another type than State.
template <class State, class F, class... Args>
concept wants_another_state = !std::invocable<F&, Args...> &&
                              is_for_another_state<State, typename parameters_of<std::decay_t<F>>::type, Args...>;

/// Whether F, called with Args, gets State first: it cannot be called without, and can with it.
template <class State, class F, class... Args>
concept takes_state = !std::invocable<F&, Args...> && !wants_another_state<State, F, Args...> &&
                      std::invocable<F&, State&, Args...>;

/// F as a worker with a state calls it. F: a function's type, or a reference to it.
template <class State, class F> class with_state : public function_wrapper {
public:
  using wrapped = F;
  explicit with_state(F f) : f_(static_cast<F&&>(f)) {}

  template <class... Args>
    requires std::invocable<F&, Args...>
  decltype(auto) operator()(Args&&... args) {
    return std::invoke(f_, std::forward<Args>(args)...);
  }
  template <class... Args>
    requires takes_state<State, F, Args...>
  decltype(auto) operator()(Args&&... args) {
    return std::invoke(f_, state_of_this_worker<State>(), std::forward<Args>(args)...);
  }

  [[nodiscard]] const std::remove_reference_t<F>& function() const noexcept { return f_; }

private:
  F f_;
};

// It is made of functions that take the state.
template <class State, class F> struct parameters_of<with_state<State, F>> {
  using type = decltype(detail::without_first<1>(typename parameters_of<std::decay_t<F>>::type{}));
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
