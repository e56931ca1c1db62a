// Workers forked from a template process. At construction the program forks this quiet process, and every worker, first
// or replacement, is forked from it: it starts from the program's memory as it was then, with the initializer's
// arguments in it, and never from a process that has since grown threads. The template also sees how its workers end,
// so that the application's own handling of child processes does not matter, and ends them when the program ends.
// Relies on Linux (pidfd, SCM_RIGHTS, PR_SET_PDEATHSIG).
#ifndef CROSSPOOL_PROCESSES_FORKED_WORKERS_HPP
#define CROSSPOOL_PROCESSES_FORKED_WORKERS_HPP

#include <crosspool/os/function_id.hpp>
#include <crosspool/processes/fork_server.hpp>
#include <crosspool/processes/worker_source.hpp>

#include <cerrno>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// The program's side of the template process.
class forked_workers final : public worker_source {
public:
  /// Forks the template; initialize() will run in each worker, from this very stack frame's memory.
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

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/forked_workers.ipp>
#endif

#endif
