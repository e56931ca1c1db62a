// What of processes/log.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_LOG_IPP
#define CROSSPOOL_PROCESSES_LOG_IPP

#include <crosspool/processes/log.hpp>

#include <algorithm>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void work_log::is_ready(std::size_t worker) noexcept {
  auto& of = records_[worker];
  of.restarts += of.was_ready ? 1 : 0;
  of.was_ready = true;
  of.present.start();
}

CROSSPOOL_INLINE void work_log::ran(std::size_t worker, const work_done& work, clock::time_point begun,
                                    std::chrono::nanoseconds took) noexcept {
  auto& of = records_[worker];
  of.tasks += work.count;
  of.busy = std::min(of.busy + took, longest);
  if (timeline_.is_on())
    draw(worker, work, begun, took);
}

CROSSPOOL_INLINE void work_log::ran_at_last(std::size_t worker, const work_done& work,
                                            clock::time_point begun) noexcept {
  const auto now = clock::now();
  ran(worker, work, begun, now - std::clamp(begun, records_[worker].present.begun(), now));
}

CROSSPOOL_INLINE void work_log::note_slow(std::size_t worker, const work_done& work,
                                          std::chrono::nanoseconds took) noexcept {
  took = std::min(took, records_[worker].present.total());
  slowest_.add({work.verb, work.first, work.count, took, static_cast<int>(worker)});
}

CROSSPOOL_INLINE void work_log::mark(std::size_t worker, std::string_view what, std::string_view verb,
                                     std::size_t index) noexcept {
  if (timeline_.is_on())
    timeline_.mark(worker, what, verb, index, clock::now());
}

CROSSPOOL_INLINE void work_log::mark(std::size_t worker, std::string_view what) noexcept {
  if (timeline_.is_on())
    timeline_.mark(worker, what, clock::now());
}

CROSSPOOL_INLINE auto work_log::stats() const -> pool_stats {
  pool_stats all;
  for (const auto& each : records_) {
    const auto present = each.present.total();
    const auto busy = std::min(each.busy, present);
    all.workers.push_back({each.tasks, busy, present - busy, each.sent, each.received, each.restarts});
  }
  all.slowest = slowest_.list();
  return all;
}

CROSSPOOL_INLINE void work_log::draw(std::size_t worker, const work_done& work, clock::time_point begun,
                                     std::chrono::nanoseconds took) noexcept {
  auto& of = records_[worker];
  const auto now = clock::now();
  const auto begin = std::clamp(begun, std::max(of.drawn, of.present.begun()), now);
  of.drawn = std::min(begin + took, now);
  timeline_.slice(worker, work.verb, work.first, work.count, begin, of.drawn);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
