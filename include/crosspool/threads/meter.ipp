// What of threads/meter.hpp depends on no type of the user's.
#ifndef CROSSPOOL_THREADS_METER_IPP
#define CROSSPOOL_THREADS_METER_IPP

#include <crosspool/threads/meter.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::size_t work_meter::ran(std::string_view verb, std::size_t first, std::size_t count,
                                             clock::time_point begin, clock::time_point end, std::size_t before) {
  tasks_.store(tasks_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  if (slowest_.takes(end - begin)) {
    const std::lock_guard lock(mutex_);
    slowest_.add({verb, first, count, end - begin, worker_});
  }
  if (timeline_.is_on())
    timeline_.slice(static_cast<std::size_t>(worker_), verb, first, count, begin, end);
  return timeline_.is_on() ? 1 : next_stride(before, end - begin);
}

CROSSPOOL_INLINE void work_meter::mark(std::string_view what, std::string_view verb, std::size_t item,
                                       clock::time_point when) const noexcept {
  if (timeline_.is_on())
    timeline_.mark(static_cast<std::size_t>(worker_), what, verb, item, when);
}

CROSSPOOL_INLINE void work_meter::add_slowest_to(slowest_items& all) const {
  const std::lock_guard lock(mutex_);
  all.add(slowest_);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
