// co_await for futures, in coroutines of whatever kind. Relies on continuation.hpp, in whose thread they go on.
#ifndef CROSSPOOL_AWAIT_HPP
#define CROSSPOOL_AWAIT_HPP

#include <crosspool/future.hpp>
#include <crosspool/futures/continuation.hpp>

#include <coroutine>
#include <utility>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

// Lives in the coroutine's frame. The coroutine may be destroyed while it is suspended here.
template <class T> class awaiter final : private continuation {
public:
  explicit awaiter(future<T>&& of) : continuation(future_access::home(of)), future_(std::move(of)) {}
  awaiter(const awaiter&) = delete;
  awaiter& operator=(const awaiter&) = delete;
  ~awaiter() {
    if (waits_)
      this->withdraw();
  }

  [[nodiscard]] bool await_ready() const { return future_.ready(); }
  void await_suspend(std::coroutine_handle<> coroutine) {
    coroutine_ = coroutine;
    waits_ = true;
    continuation_queue::of_process().add(*this); // by the time that this returns, all this may be gone
  }
  T await_resume() { return future_.get(); }

private:
  void run() noexcept override {
    waits_ = false;
    coroutine_.resume();
  }

  future<T> future_;
  std::coroutine_handle<> coroutine_;
  bool waits_ = false; // to be run
};

} // namespace detail

/// co_await pool.apply_async(…), or co_await std::move(f): gives the value or throws the error, as f.get() would. If
/// the call has not ended, the coroutine is suspended and goes on in a thread of the library's own, in which it has its
/// turn with other coroutines and with what then() was given. To destroy it while it is suspended drops the future.
template <class T> detail::awaiter<T> operator co_await(future<T>&& f) {
  return detail::awaiter<T>(std::move(f));
}

} // namespace CROSSPOOL_NAMESPACE

#endif
