// What of calls/awaited_call.hpp depends on no type of the user's.
#ifndef CROSSPOOL_CALLS_AWAITED_CALL_IPP
#define CROSSPOOL_CALLS_AWAITED_CALL_IPP

#include <crosspool/calls/awaited_call.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE awaited_call::~awaited_call() = default;

CROSSPOOL_INLINE void awaited_call::report_to(const std::function<void(const progress&)>& f) {
  home_->count_items();
  reporter_.emplace(f);
}

CROSSPOOL_INLINE void awaited_call::report() {
  if (!reporter_ || progress_reporter::clock::now() < reporter_->due())
    return;
  const auto [ended, failed] = count();
  reporter_->report(ended, failed, total_);
}

CROSSPOOL_INLINE void awaited_call::wait() {
  if (!reporter_)
    return home_->wait(this);
  try {
    while (!home_->wait_until(reporter_->due(), this))
      report();
  } catch (...) {
    home_->abandon();
    home_->wait();
    throw;
  }
}

CROSSPOOL_INLINE void awaited_call::report_end(std::size_t items, std::size_t failed) {
  if (reporter_)
    reporter_->report_end(items, failed);
}

CROSSPOOL_INLINE void awaited_call::demand_not_cancelled(bool stopped) const {
  if (home_->is_cancelled() || (stopped && home_->is_stopped()))
    std::rethrow_exception(call_was_cancelled());
}

CROSSPOOL_INLINE std::exception_ptr awaited_call::why_not_sent() const {
  return home_->abandoned() ? call_was_abandoned()
                            : std::make_exception_ptr(cancelled("crosspool: the pool was terminated"));
}

CROSSPOOL_INLINE auto awaited_call::count() const -> items_so_far {
  return {home_->ended_items(), home_->failed_items()};
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
