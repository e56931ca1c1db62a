// What of processes/forked_workers.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_FORKED_WORKERS_IPP
#define CROSSPOOL_PROCESSES_FORKED_WORKERS_IPP

#include <crosspool/os/function_id.hpp>
#include <crosspool/processes/fork_server.hpp>
#include <crosspool/processes/forked_workers.hpp>

#include <cerrno>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// The program's side of the template process.
class forked_workers final : public worker_source {
public:
  explicit forked_workers(initialize_ref initialize);
  ~forked_workers() override { end_template(); }

  CROSSPOOL_INLINE std::optional<event> start(int id, const worker_descriptors& given) override;

  void signal(pid_t pid, int number) override { send({template_message::signal, -1, pid, number}); }
  void finish() override { send({template_message::finish, -1, 0, 0}); }

  CROSSPOOL_INLINE void add_to(std::vector<::pollfd>& polled) const override;

  CROSSPOOL_INLINE std::vector<event> events() override;

private:
  // False if the template is gone. As long as it takes no more, what it says is read: or each would wait until the
  // other reads.
  bool send(const template_message& message, const worker_descriptors* passed = nullptr);
  // Like receive_message, the last time.
  ssize_t read_all();

  event translate(const template_message& message);

  static event template_is_gone(int id);

  void end_template();

  pid_t template_ = 0;
  descriptor control_;
  descriptor template_watch_;
  bool lost_ = false;
  std::vector<template_message> read_ahead_; // of what it has said
  std::vector<int> asked_;                   // workers asked for, not yet reported
  std::vector<pid_t> running_;               // processes reported started
};

CROSSPOOL_INLINE forked_workers::forked_workers(initialize_ref initialize) {
  auto [here, there] = socket_pair(SOCK_SEQPACKET);
  const auto self = watch_process(::getpid());
  flush_standard_output();
  program_image::instance(); // or each worker would look for itself
  const int keep[] = {there.get(), self.get()};
  template_ = descriptor_registry::instance().fork_keeping(keep);
  if (template_ == 0)
    fork_server(there.get(), self.get(), initialize).run();
  if (template_ < 0)
    throw no_resource(errno, "fork the template process");
  control_ = std::move(here);
  try {
    template_watch_ = watch_process(template_);
  } catch (...) {
    end_template();
    throw;
  }
}

CROSSPOOL_INLINE std::optional<worker_source::event> forked_workers::start(int id, const worker_descriptors& given) {
  const auto count = static_cast<int>(given.present());
  if (lost_ || !send({template_message::start, id, 0, count}, &given))
    return template_is_gone(id);
  asked_.push_back(id);
  return std::nullopt;
}

CROSSPOOL_INLINE void forked_workers::add_to(std::vector<::pollfd>& polled) const {
  if (lost_)
    return;
  // Ready at once, or soon, if there is something that has been read already.
  polled.push_back({control_.get(), static_cast<short>(POLLIN | (read_ahead_.empty() ? 0 : POLLOUT)), 0});
  polled.push_back({template_watch_.get(), POLLIN, 0});
}

CROSSPOOL_INLINE std::vector<worker_source::event> forked_workers::events() {
  std::vector<event> events;
  if (lost_)
    return events;
  const auto n = read_all();
  const int why = errno;
  for (const auto& each : std::exchange(read_ahead_, {}))
    events.push_back(translate(each));
  if (n == 0 || (why != EAGAIN && why != EWOULDBLOCK) || has_ended(template_watch_)) {
    // Without the template its workers end too, and none can be started any more.
    lost_ = true;
    for (const pid_t pid : running_) {
      ::kill(-pid, SIGKILL); // what it has forked
      events.push_back({.what = event::ended, .pid = pid, .status = SIGKILL});
    }
    for (const int id : asked_)
      events.push_back(template_is_gone(id));
  }
  return events;
}

CROSSPOOL_INLINE bool forked_workers::send(const template_message& message, const worker_descriptors* passed) {
  for (;;) {
    if (send_message(control_.get(), message, passed, MSG_DONTWAIT) > 0)
      return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK)
      return false;
    if (read_all() == 0)
      return false;
    ::pollfd polled[] = {{control_.get(), POLLIN | POLLOUT, 0}, {template_watch_.get(), POLLIN, 0}};
    ::poll(polled, 2, -1);
    if (polled[1].revents != 0)
      return false;
  }
}

CROSSPOOL_INLINE ssize_t forked_workers::read_all() {
  ssize_t n = 0;
  template_message message{};
  // Reset: the template has ended with a message of ours unread; what it had said before can still be read.
  for (passed_descriptors none;
       (n = receive_message(control_.get(), message, none, MSG_DONTWAIT)) > 0 || (n < 0 && errno == ECONNRESET);)
    if (n > 0)
      read_ahead_.push_back(message);
  return n;
}

CROSSPOOL_INLINE auto forked_workers::translate(const template_message& message) -> event {
  if (message.what == template_message::ended) {
    remove_from(running_, message.pid);
    return {.what = event::ended, .pid = message.pid, .status = message.status};
  }
  remove_from(asked_, message.id);
  if (message.what == template_message::not_started)
    return {.what = event::not_started,
            .id = message.id,
            .why = std::make_exception_ptr(no_resource(message.status, "fork worker " + std::to_string(message.id)))};
  running_.push_back(message.pid);
  return {.what = event::started, .id = message.id, .pid = message.pid};
}

CROSSPOOL_INLINE auto forked_workers::template_is_gone(int id) -> event {
  return {.what = event::not_started,
          .id = id,
          .why = std::make_exception_ptr(
              start_failed("crosspool: the template process is gone, no worker can be forked any more"))};
}

CROSSPOOL_INLINE void forked_workers::end_template() {
  // The template then ends its workers and itself. Closing alone would not tell it: a process that the application
  // has forked may hold a copy of the descriptor.
  if (control_)
    ::shutdown(control_.get(), SHUT_RDWR);
  control_.reset();
  reap(template_);
}

CROSSPOOL_INLINE std::unique_ptr<worker_source> make_forked_workers(initialize_ref initialize) {
  return std::make_unique<forked_workers>(initialize);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
