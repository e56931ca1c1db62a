// Workers that are the program's own image, started anew, and what crosspool::init does in them: nothing is inherited,
// starting costs the same however large the program has grown, and the initializer comes as the first message.
// Relies on Linux (/proc/self/exe, pidfd, PR_SET_PDEATHSIG) and on crosspool::init as the first line of main.
#ifndef CROSSPOOL_PROCESSES_SPAWNED_WORKERS_HPP
#define CROSSPOOL_PROCESSES_SPAWNED_WORKERS_HPP

#include <crosspool/calls/initializer.hpp>
#include <crosspool/init.hpp>
#include <crosspool/os/credentials.hpp>
#include <crosspool/processes/worker.hpp>
#include <crosspool/processes/worker_source.hpp>
#include <crosspool/rng.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace crosspool {
namespace detail {

inline constexpr std::string_view worker_flag = "--crosspool-worker=";

/// Worker processes that are children of the program. Started by the engine's service thread, which lives as long as
/// they may: a worker ends when the thread that started it does.
class spawned_workers final : public worker_source {
public:
  ~spawned_workers() override {
    for (const auto& [pid, watch] : running_) {
      kill_group(pid);
      reap(pid);
    }
  }

  std::optional<event> start(int id, const worker_descriptors& given) override {
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

  void signal(pid_t pid, int number) override { signal_group(pid, number); }

  void add_to(std::vector<::pollfd>& polled) const override {
    for (const auto& [pid, watch] : running_)
      polled.push_back({watch.get(), POLLIN, 0});
  }

  std::vector<event> events() override {
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

private:
  struct child {
    pid_t pid;
    descriptor watch;
  };
  const std::pair<descriptor, descriptor> life_ = make_pipe(); // how workers learn that the program has ended
  std::vector<child> running_;
};

/// How a spawned worker learns of its initializer: a function that travels by identity, then what it needs.
using setup_entry = void (*)(byte_view arguments);

template <class Init, class... Args> void run_setup(byte_view from) {
  auto init = function_codec<Init>::load(from);
  std::tuple<carried_t<Args>...> decoded{decode<carried_t<Args>>(from)...};
  // GCC would warn that a member function of a small class could be virtual.
  auto& arguments = *std::launder(std::addressof(decoded));
  std::apply([&](carried_t<Args>&... each) { detail::run_initializer<carried_as_given<Args>...>(init, each...); },
             arguments);
}

/// The first message to each worker: which build is speaking, and how to initialize it.
template <class Init, class... Args> std::shared_ptr<const bytes> make_setup(const std::decay_t<Init>& init,
                                                                             const Args&... args) {
  const setup_entry entry = run_setup<std::decay_t<Init>, Args...>;
  auto setup = std::make_shared<bytes>(greeting());
  vector_buffer to(*setup);
  encode_function_id(to, reinterpret_cast<std::uintptr_t>(entry));
  function_codec<std::decay_t<Init>>::save(to, init);
  (detail::encode<carried_t<Args>>(to, detail::as_carried(args)), ...);
  return setup;
}

/// What a worker's command line says.
struct worker_arguments {
  int id = -1;
  worker_descriptors given{};
  int life = -1; // see end_group_with_parent
};

/// Reads what follows the flag: numbers with a comma between any two. Nothing if that is not all there is.
inline std::optional<worker_arguments> parse_worker_arguments(std::string_view text) {
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

/// Whether all of a worker's descriptors are what spawned_workers gives, each another; that for its output may be -1.
inline bool are_a_workers(const worker_arguments& arguments) {
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

/// Reads what follows the flag and decides whether this process serves its parent: this program itself, with no fewer
/// rights, which has given all that a worker needs. Says and hears nothing meanwhile. Nothing if who started it has
/// ended. Throws crosspool::error.
inline std::optional<worker_arguments> admit(std::string_view flag, pid_t parent) {
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

/// What a new worker asks to hear again: bytes that nobody foresees.
inline bytes make_challenge() {
  bytes challenge;
  while (challenge.size() < challenge_size)
    encode(challenge, entropy());
  return challenge;
}

/// Introduces this worker to who started it, and returns how it is to be initialized; nothing if the pool has been
/// closed meanwhile. Throws crosspool::error for any other answer. The one who knows the challenge and may answer is
/// the parent, which has been found to run this program before the challenge was said.
inline std::optional<bytes> introduce(const worker_channel& channel, const bytes& challenge) {
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

/// What init does in a process that was started as a worker. Returns in any other.
inline void serve_if_spawned(int argc, char** argv) noexcept {
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

// Before main, in each program in which a pool of this policy is made.
template <class Policy> inline const bool knows_workers = (start_as_worker = serve_if_spawned, true);

/// Throws start_failed where crosspool::init would not know a worker of this program.
template <class Policy> void demand_workers_are_known() {
  if (!init_called)
    throw start_failed("crosspool: a spawn pool needs crosspool::init(argc, argv) as the first line of main");
  if (!knows_workers<Policy> || !init_knows_workers)
    throw start_failed("crosspool: a spawn pool in a library that was loaded after crosspool::init: the program itself "
                       "would not know its workers. Make a spawn pool in the program, too");
}

} // namespace detail
} // namespace crosspool

#endif
