// What of processes/round_trip.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_ROUND_TRIP_IPP
#define CROSSPOOL_PROCESSES_ROUND_TRIP_IPP

#include <crosspool/processes/round_trip.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE shared_memory mapped_again(const shared_memory& memory, int protection) {
  return {descriptor(::fcntl(memory.file().get(), F_DUPFD_CLOEXEC, 0)), protection};
}

CROSSPOOL_INLINE void demand_in_time(std::string_view verb, std::size_t index, std::chrono::nanoseconds took,
                                     std::chrono::nanoseconds timeout) {
  if (timeout.count() != 0 && took >= timeout)
    throw task_timed_out("crosspool: " + had_not_ended(verb, index, timeout) + ", and could not be stopped", index);
}

CROSSPOOL_INLINE void round_trip::worker::give(std::shared_ptr<remote_parcel> p) {
  dispatcher_.add(std::move(p));
  dispatcher_.deal();
  has_slot_ = !lane_.empty();
}

CROSSPOOL_INLINE void round_trip::worker::run() noexcept {
  const reading_broadcasts here(broadcasts_);
  const auto begun = clock::now();
  try {
    if (has_slot_)
      runner_.run_slot();
  } catch (...) {
    failure_ = std::current_exception();
  }
  took_ = clock::now() - begun;
}

CROSSPOOL_INLINE bool round_trip::worker::take() {
  if (lane_.empty())
    return true;
  try {
    const auto& p = *lane_.oldest().parcel; // of a call with a timeout, it has one item
    demand_in_time(p.verb(), p.first(), took_, p.home().limits().timeout);
    if (!failure_) {
      dispatcher_.gather(lane_);
      dispatcher_.deal(); // what fail_fast has left ends
    }
  } catch (...) {
    failure_ = std::current_exception();
  }
  if (!failure_)
    return true;
  dispatcher_.fail_everything(failure_);
  return false;
}

CROSSPOOL_INLINE void round_trip::worker::add_bytes_to(worker_stats& all) noexcept {
  all.bytes_sent += dispatcher_.log().bytes_sent(0);
  all.bytes_received += dispatcher_.log().bytes_received(0);
}

CROSSPOOL_INLINE void round_trip::worker::cancel(const completion* call, const std::exception_ptr& why) {
  if (!lane_.empty())
    dispatcher_.cancel(call != nullptr ? *call : lane_.oldest().parcel->home(), why);
}

CROSSPOOL_INLINE auto round_trip::worker::prepare(lane& fresh) -> lane& {
  fresh = lane(program_queue::create());
  fresh.open();
  return fresh;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
