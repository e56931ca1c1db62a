// What of processes/spawned_workers.hpp depends on no type of the user's.
#ifndef CROSSPOOL_PROCESSES_SPAWNED_WORKERS_IPP
#define CROSSPOOL_PROCESSES_SPAWNED_WORKERS_IPP

#include <crosspool/processes/spawned_workers.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <span>
#include <string>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE spawned_workers::~spawned_workers() {
  for (const auto& [pid, watch] : running_) {
    kill_group(pid);
    reap(pid);
  }
}

CROSSPOOL_INLINE std::optional<worker_source::event> spawned_workers::start(int id, const worker_descriptors& given) {
  try {
    if (is_privileged()) // whoever starts it could speak to a worker of it
      throw start_failed("crosspool: cannot start a worker process: " + std::string(why_not_privileged) +
                         ". Use fork_pool there");
    auto flag = std::string(worker_flag) + std::to_string(id);
    std::array<int, worker_descriptors::count + 1> inherited;
    std::copy(given.fd.begin(), given.fd.end(), inherited.begin());
    inherited.back() = life_.first.get();
    for (const int fd : inherited)
      flag += "," + std::to_string(fd);
    const pid_t pid = spawn_self({program_name, flag}, inherited);
    try {
      running_.push_back({pid, watch_process(pid)});
    } catch (...) {
      kill_group(pid);
      reap(pid);
      throw;
    }
    return event{.what = event::started, .id = id, .pid = pid};
  } catch (...) {
    return event{.what = event::not_started, .id = id, .why = std::current_exception()};
  }
}

CROSSPOOL_INLINE void spawned_workers::add_to(std::vector<::pollfd>& polled) const {
  for (const auto& [pid, watch] : running_)
    polled.push_back({watch.get(), POLLIN, 0});
}

CROSSPOOL_INLINE std::vector<worker_source::event> spawned_workers::events() {
  std::vector<event> events;
  for (std::size_t i = 0; i < running_.size();) {
    const pid_t pid = running_[i].pid;
    if (!has_ended(running_[i].watch)) {
      ++i;
      continue;
    }
    kill_group(pid); // what it has forked
    events.push_back({.what = event::ended, .pid = pid, .status = reap(pid)});
    running_[i] = std::move(running_.back());
    running_.pop_back();
  }
  return events;
}

CROSSPOOL_INLINE std::optional<worker_arguments> parse_worker_arguments(std::string_view text) {
  worker_arguments made;
  auto& [socket, memory, requests, door, bell, output] = made.given.fd;
  int* const last = &made.life;
  for (int* const each : {&made.id, &socket, &memory, &requests, &door, &bell, &output, last}) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), *each);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (fault != std::errc() || (each == last ? !text.empty() : !text.starts_with(',')))
      return std::nullopt;
    text.remove_prefix(each == last ? 0 : 1);
  }
  return made;
}

CROSSPOOL_INLINE bool are_a_workers(const worker_arguments& arguments) {
  using enum descriptor_kind;
  constexpr std::array kinds{stream_socket, shared_memory, shared_memory, event, event, pipe_to_write};
  static_assert(kinds.size() == worker_descriptors::count);
  const auto given = std::span(arguments.given.fd).first(arguments.given.present());
  std::vector<int> known;
  const auto is_right = [&](int fd, descriptor_kind kind) {
    const bool is_new = std::ranges::find(known, fd) == known.end();
    known.push_back(fd);
    return fd > STDERR_FILENO && is_new && is_of_kind(fd, kind);
  };
  bool all = is_right(arguments.life, pipe_to_read) && arguments.given.fd.back() >= -1;
  for (std::size_t i = 0; i != given.size(); ++i)
    all = all && is_right(given[i], kinds[i]);
  return all;
}

CROSSPOOL_INLINE std::optional<worker_arguments> admit(std::string_view flag, pid_t parent) {
  if (is_privileged())
    throw error(why_not_privileged);
  const auto arguments = parse_worker_arguments(flag);
  if (!arguments || arguments->id < 0)
    throw error("its arguments are not a worker's");
  if (!are_a_workers(*arguments))
    throw error("its descriptors are not a worker's");
  const int socket = arguments->given.fd[worker_descriptors::socket];
  if (const auto maker = peer_of(socket).pid; maker != 0 && maker != parent && is_gone(maker))
    return std::nullopt;
  if (const char* const why = why_not_obey(socket, parent))
    throw error(why);
  if (!runs_this_program(parent).value_or(true))
    throw error("its parent is another program");
  return arguments;
}

CROSSPOOL_INLINE bytes make_challenge() {
  bytes challenge;
  while (challenge.size() < challenge_size)
    encode(challenge, entropy());
  return challenge;
}

CROSSPOOL_INLINE std::optional<bytes> introduce(const worker_channel& channel, const bytes& challenge) {
  bytes hello = greeting();
  hello.insert(hello.end(), challenge.begin(), challenge.end());
  frame_header header{};
  bytes payload;
  if (!channel.send(frame_kind::hello, hello) || !channel.receive(header, payload))
    return std::nullopt;
  if (header.kind != frame_kind::answer || payload != challenge)
    throw error("what it was told is no answer to what it asked");
  if (!channel.receive(header, payload))
    return std::nullopt;
  byte_view setup = payload;
  if (header.kind != frame_kind::setup || !take_greeting(setup))
    throw error("its parent is of another build");
  return bytes(setup.begin(), setup.end());
}

CROSSPOOL_INLINE void serve_if_spawned(int argc, char** argv) noexcept {
  const std::string_view flag = argc == 2 ? argv[1] : "";
  if (!flag.starts_with(worker_flag))
    return;
  try {
    const pid_t parent = ::getppid();
    const auto admitted = admit(flag.substr(worker_flag.size()), parent);
    if (!admitted)
      end_worker(EXIT_FAILURE);
    const auto& [id, given, life] = *admitted;
    for (const int fd : std::span(given.fd).first(given.present()))
      ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    end_group_with_parent(parent, life);
    const descriptor owned(given.fd[worker_descriptors::socket]);
    const auto setup = introduce(worker_channel(owned.get(), parent), make_challenge());
    if (!setup)
      end_worker(EXIT_SUCCESS);
    const auto initialize = [&] {
      byte_view from = *setup;
      const auto entry = reinterpret_cast<setup_entry>(decode_function_id(from));
      entry(from);
    };
    serve(given, id, initialize);
  } catch (const std::exception& e) {
    std::fprintf(stderr,
                 "crosspool: refused to be a worker process: %s (only a program's own spawn_pool starts it with this "
                 "argument)\n",
                 e.what());
    end_worker(EXIT_FAILURE);
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
