// Workers that are the program's own image, started anew, and what crosspool::init does in them: nothing is inherited,
// starting costs the same however large the program has grown, and the initializer comes as the first message.
// Relies on Linux (/proc/self/exe, pidfd, PR_SET_PDEATHSIG) and on crosspool::init as the first line of main.
#ifndef CROSSPOOL_SPAWNED_WORKERS_HPP
#define CROSSPOOL_SPAWNED_WORKERS_HPP

#include <crosspool/init.hpp>
#include <crosspool/initializer.hpp>
#include <crosspool/process_engine.hpp>

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
      auto flag = std::string(worker_flag) + std::to_string(::getpid()) + "," + std::to_string(id);
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
  int parent = -1; // pid
  int id = -1;
  worker_descriptors given{};
  int life = -1; // see end_group_with_parent
};

/// Reads what follows the flag: numbers with a comma between any two. Nothing if that is not all there is.
inline std::optional<worker_arguments> parse_worker_arguments(std::string_view text) {
  worker_arguments made;
  auto& [socket, memory, requests, door, bell, output] = made.given.fd;
  int* const last = &made.life;
  for (int* const each : {&made.parent, &made.id, &socket, &memory, &requests, &door, &bell, &output, last}) {
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), *each);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (fault != std::errc() || (each == last ? !text.empty() : !text.starts_with(',')))
      return std::nullopt;
    text.remove_prefix(each == last ? 0 : 1);
  }
  return made;
}

/// What init does in a process that was started as a worker. Returns in any other.
inline void serve_if_spawned(int argc, char** argv) noexcept {
  const std::string_view flag = argc == 2 ? argv[1] : "";
  if (!flag.starts_with(worker_flag))
    return;
  const auto parsed = parse_worker_arguments(flag.substr(worker_flag.size()));
  const auto [parent, id, given, life] = parsed.value_or(worker_arguments{});
  bool ours = parsed.has_value();
  for (const int fd : std::span(given.fd).first(given.present()))
    ours = ours && ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
  if (!ours || ::fcntl(life, F_SETFD, FD_CLOEXEC) != 0) {
    std::fputs("crosspool: this way to start the program is for its own worker processes only\n", stderr);
    end_worker(EXIT_FAILURE);
  }
  end_group_with_parent(parent, life);
  const descriptor owned(given.fd[worker_descriptors::socket]);
  const worker_channel channel(owned.get());
  frame_header header{};
  bytes payload;
  if (!channel.send(frame_kind::hello, greeting()) || !channel.receive(header, payload))
    end_worker(EXIT_SUCCESS);
  byte_view from = payload;
  if (header.kind != frame_kind::setup || !take_greeting(from))
    end_worker(EXIT_SUCCESS);
  const auto initialize = [&] { reinterpret_cast<setup_entry>(decode_function_id(from))(from); };
  serve(given, id, initialize);
}

inline const bool spawn_registered = (start_as_worker = serve_if_spawned, true);

} // namespace detail
} // namespace crosspool

#endif
