// What cereal::defer puts off: it is done in order, behind the value that it is a part of. cereal's own would pass put
// and take by, and could not bear that what is deferred defers.
#ifndef CROSSPOOL_CHECK_DEFERMENTS_HPP
#define CROSSPOOL_CHECK_DEFERMENTS_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class deferments {
public:
  /// Not where deferring is off: it is done at once.
  template <class Do> void add(Do&& what) {
    if (off_)
      return what();
    if (!waiting_)
      waiting_ = std::make_unique<queue>();
    waiting_->all.emplace_back(std::forward<Do>(what));
  }
  void do_all() {
    if (waiting_)
      do_waiting();
  }
  /// Turns deferring off or on; what it was before.
  bool turn_off(bool off) noexcept { return std::exchange(off_, off); }

private:
  struct queue {
    std::vector<std::function<void()>> all;
    std::size_t next = 0;
  };

  [[gnu::noinline]] void do_waiting() {
    while (waiting_->next != waiting_->all.size())
      std::exchange(waiting_->all[waiting_->next++], nullptr)();
    *waiting_ = {};
  }

  std::unique_ptr<queue> waiting_; // next to no archive has any
  bool off_ = false;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
