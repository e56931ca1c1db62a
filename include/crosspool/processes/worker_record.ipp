// What of processes/worker_record.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_WORKER_RECORD_IPP
#define CROSSPOOL_PROCESSES_WORKER_RECORD_IPP

#include <crosspool/processes/worker_record.hpp>

#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::exception_ptr ended_before_ready(const worker_record& worker, int status) {
  return std::make_exception_ptr(start_failed(
      "crosspool: " + worker.who() + " " + describe_end(status) +
      (worker.phase == worker_phase::greeted ? " in its initializer"
                                             : " before it reported (is crosspool::init the first line of main?)")));
}

CROSSPOOL_INLINE std::exception_ptr did_not_report(const worker_record& worker) {
  return std::make_exception_ptr(start_failed("crosspool: " + worker.who() +
                                              " did not report within options.start_timeout (is crosspool::init the "
                                              "first line of main?)"));
}

CROSSPOOL_INLINE std::exception_ptr initializer_failed(const worker_record& worker, byte_view encoded) {
  const auto prefix = "crosspool: worker " + std::to_string(worker.id) + ": the initializer threw ";
  try {
    std::rethrow_exception(decode_exception(encoded));
  } catch (const remote_error& e) {
    return std::make_exception_ptr(start_failed(prefix + e.type() + ": " + e.what()));
  } catch (const std::exception& e) {
    return std::make_exception_ptr(start_failed(prefix + demangle(typeid(e)) + ": " + e.what()));
  }
}

CROSSPOOL_INLINE std::exception_ptr ended_at_item(const worker_record& worker, int status, const lost_item& item,
                                                  const std::string& likely_cause) {
  switch (worker.stopping) {
  case stop_reason::cancelled:
    return call_was_cancelled();
  case stop_reason::timed_out:
    return std::make_exception_ptr(task_timed_out(
        had_not_ended(item.verb, item.index, item.timeout) + "; " + worker.who() + " was stopped", item.index));
  case stop_reason::none:
    break;
  }
  const bool signalled = status != -1 && WIFSIGNALED(status), exited = status != -1 && WIFEXITED(status);
  return std::make_exception_ptr(worker_died(
      worker.who() + " " + describe_end(status) + " while running " + item_name(item.verb, item.index) + likely_cause,
      item.index, worker.pid, signalled ? WTERMSIG(status) : 0, exited ? WEXITSTATUS(status) : -1));
}

CROSSPOOL_INLINE std::string what_happened(const worker_record& worker, int status) {
  switch (worker.stopping) {
  case stop_reason::cancelled:
    return "cancelled";
  case stop_reason::timed_out:
    return "timed out";
  case stop_reason::none:
    break;
  }
  return describe_end(status);
}

CROSSPOOL_INLINE std::string likely_causes::of(const worker_record& worker, int status) {
  if (status != -1 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && worker.told != end_signal::kill)
    if (const auto kills = count_oom_kills(); std::exchange(kills_, kills) < kills)
      return " (probably killed by the system because memory ran out)";
  return memory_limit_ == 0 ? "" : " (options.memory_limit is " + std::to_string(memory_limit_) + " bytes)";
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
