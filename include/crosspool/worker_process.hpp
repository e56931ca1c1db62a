// The worker's side of a process pool, the same however it came to life: report, be initialized, run what comes, end
// when nothing more can come.
#ifndef CROSSPOOL_WORKER_PROCESS_HPP
#define CROSSPOOL_WORKER_PROCESS_HPP

#include <crosspool/task.hpp>
#include <crosspool/this_worker.hpp>

#include <cstdlib>
#include <string>

namespace crosspool::detail {

/// What a worker says first, so that the parent knows whom it talks to: the version and the build.
inline bytes greeting() {
  bytes hello;
  hello.reserve(64); // or GCC 12 warns at -O3 of a write into an empty vector's memory
  encode(hello, std::uint32_t{CROSSPOOL_VERSION_MAJOR << 16 | CROSSPOOL_VERSION_MINOR << 8 | CROSSPOOL_VERSION_PATCH});
  encode(hello, program_build_id());
  return hello;
}

inline void run_work(const worker_channel& channel, std::uint32_t count, byte_view request) {
  reply_writer replies(channel);
  try {
    const auto entry = reinterpret_cast<task_entry>(decode_function_id(request));
    entry(request, count, replies);
  } catch (...) { // the function itself could not be had: each item that is left ends with that
    const auto why = std::current_exception();
    while (replies.added() != count)
      replies.add([&](bytes&) { std::rethrow_exception(why); });
  }
  replies.send();
}

// The worker's life after it has reported.
template <class Initialize> void live(const worker_channel& channel, Initialize& initialize) {
  bytes payload;
  try {
    initialize();
  } catch (...) {
    encode_current_exception(payload);
    static_cast<void>(channel.send(frame_kind::init_failed, 0, payload));
    return;
  }
  if (channel.send(frame_kind::ready, 0, {}))
    for (frame_header header; channel.receive(header, payload);)
      run_work(channel, header.count, payload);
}

/// Serves on channel until the parent closes it. initialize(): the policy's way to run the initializer. Never throws
/// into the program's code that called it; where memory does not suffice even for a message, the process ends.
template <class Initialize>
[[noreturn]] void serve(const worker_channel& channel, int id, Initialize& initialize) noexcept {
  worker_of_process = id;
  // A task that calls exit() must not run what the parent registered to run at its exit.
  ::on_exit([](int status, void*) { end_worker(status); }, nullptr);
  try {
    live(channel, initialize);
    end_worker(EXIT_SUCCESS);
  } catch (...) {
    end_worker(EXIT_FAILURE);
  }
}

} // namespace crosspool::detail

#endif
