// What of calls/engine.hpp depends on no type of the user's.
#ifndef CROSSPOOL_CALLS_ENGINE_IPP
#define CROSSPOOL_CALLS_ENGINE_IPP

#include <crosspool/calls/engine.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE engine_base::~engine_base() = default;

CROSSPOOL_INLINE void engine_base::begin_call() {
  const std::lock_guard lock(mutex_);
  demand_open();
  ++calls_;
}

CROSSPOOL_INLINE void engine_base::end_call() {
  const std::lock_guard lock(mutex_);
  if (--calls_ == 0 && closing_) // nobody else waits for that
    wake();
}

CROSSPOOL_INLINE std::shared_ptr<completion> engine_base::new_completion(const call_options& o, bool attended) {
  return std::make_shared<completion>(shared_from_this(), attended, limits_.next(o));
}

CROSSPOOL_INLINE void engine_base::close() {
  const std::lock_guard lock(mutex_);
  closing_ = true;
  wake();
}

CROSSPOOL_INLINE bool engine_base::closed() {
  const std::lock_guard lock(mutex_);
  return closing_;
}

CROSSPOOL_INLINE void engine_base::demand_open_now() {
  const std::lock_guard lock(mutex_);
  demand_open();
}

CROSSPOOL_INLINE void engine_base::demand_open() const {
  if (failure_)
    std::rethrow_exception(failure_);
  if (closing_)
    throw pool_closed("crosspool: the pool is closed");
}

CROSSPOOL_INLINE void engine_base::demand_no_exit_function(bool there_is_one) const {
  demand_open();
  if (there_is_one)
    throw error("crosspool: the pool has an exit function already");
}

CROSSPOOL_INLINE std::exception_ptr engine_base::end_of_pool() const {
  return failure_ ? failure_ : std::make_exception_ptr(cancelled("crosspool: the pool was terminated"));
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
