// What of processes/worker.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_WORKER_IPP
#define CROSSPOOL_PROCESSES_WORKER_IPP

#include <crosspool/processes/worker.hpp>

#include <cstdlib>
#include <cstring>
#include <optional>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE bytes greeting() {
  bytes hello;
  hello.reserve(64); // or GCC 12 warns at -O3 of a write into an empty vector's memory
  encode(hello, std::uint32_t{CROSSPOOL_VERSION_MAJOR << 16 | CROSSPOOL_VERSION_MINOR << 8 | CROSSPOOL_VERSION_PATCH});
  encode(hello, program_build_id());
  return hello;
}

CROSSPOOL_INLINE bool take_greeting(byte_view& from) {
  const bytes expected = greeting();
  if (from.size() < expected.size() || std::memcmp(from.data(), expected.data(), expected.size()) != 0)
    return false;
  from = from.subspan(expected.size());
  return true;
}

CROSSPOOL_INLINE void work_runner::run_slot() {
  if (!queue_.begin_slot())
    return queue_.end_slot();
  reply_writer replies(queue_, expected_);
  try {
    auto request = queue_.request();
    const auto entry = take_entry(request);
    entry(request, queue_, replies);
  } catch (const spoilt_memory&) {
    throw;
  } catch (...) { // the function itself could not be had: each item that is left ends with that
    const auto why = std::current_exception();
    do
      while (replies.added() < queue_.claimed())
        replies.add_encoded([&](message_buffer&) { std::rethrow_exception(why); });
    while (!queue_.claim().empty());
  }
  expected_ = replies.written();
  end_line_of_output();
  queue_.end_slot();
}

CROSSPOOL_INLINE auto work_runner::take_entry(byte_view& request) -> task_entry {
  const auto size = decode<std::uint64_t>(request);
  if (size > request.size())
    throw error("crosspool: a request makes no sense");
  auto name = request.first(size);
  request = request.subspan(size);
  if (entry_ == nullptr || name.size() != name_.size() || std::memcmp(name.data(), name_.data(), name.size()) != 0) {
    name_.assign(name.begin(), name.end());
    entry_ = nullptr;
    entry_ = reinterpret_cast<task_entry>(decode_function_id(name));
  }
  return entry_;
}

CROSSPOOL_INLINE void say_why_not(const worker_channel& channel) {
  bytes why;
  encode_current_exception(why);
  static_cast<void>(channel.send(frame_kind::init_failed, why));
}

CROSSPOOL_INLINE void leave(const worker_channel& channel, worker_queue& queue) {
  const auto function = queue.exit_function();
  if ((state_here == nullptr && function.empty()) || !channel.send(frame_kind::leaving, {}))
    return;
  if (!function.empty())
    static_cast<void>(channel.send(frame_kind::exit_result, run_exit(function)));
  drop_state();
}

CROSSPOOL_INLINE void live(const worker_channel& channel, worker_queue& queue, initialize_ref initialize) {
  try {
    initialize();
  } catch (...) {
    return say_why_not(channel);
  }
  queue.watch_growth([&] { leave(channel, queue); });
  if (!channel.send(frame_kind::ready, {}))
    return;
  for (work_runner runner(queue); queue.wait();)
    runner.run_slot();
  leave(channel, queue);
}

CROSSPOOL_INLINE void serve(const worker_descriptors& given, int id, initialize_ref initialize) noexcept {
  worker_of_process = id;
  state_here = nullptr; // that of a worker which made this pool is not this one's
  print_by_lines(given.fd[worker_descriptors::output]);
  // Its process group is in the background: without this a terminal could stop it for what it writes or asks there.
  for (const int number : {SIGTTIN, SIGTTOU})
    ::signal(number, SIG_IGN);
  // A task that calls exit() must not run what the parent registered to run at its exit; nor must quick_exit(), of
  // which nobody is told the status.
  ::on_exit([](int status, void*) { end_worker(status); }, nullptr);
  std::at_quick_exit([] { end_worker(EXIT_FAILURE); });
  try {
    const int socket = given.fd[worker_descriptors::socket];
    const worker_channel channel(socket);
    std::optional<worker_queue> queue;
    try {
      queue.emplace(socket, shared_memory(descriptor(given.fd[worker_descriptors::memory]), PROT_READ | PROT_WRITE),
                    shared_memory(descriptor(given.fd[worker_descriptors::requests]), PROT_READ),
                    descriptor(given.fd[worker_descriptors::door]), descriptor(given.fd[worker_descriptors::bell]));
    } catch (...) {
      say_why_not(channel);
      end_worker(EXIT_FAILURE);
    }
    broadcasts_in_requests broadcasts(queue->requests());
    broadcasts_here = &broadcasts;
    memory_limit_here = queue->limits().memory;
    limit_memory(queue->limits().memory);
    detail::live(channel, *queue, initialize);
    end_worker(EXIT_SUCCESS);
  } catch (...) {
    end_worker(EXIT_FAILURE);
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
