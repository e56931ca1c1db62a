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

#include <charconv>
#include <memory>
#include <new>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

inline constexpr std::string_view worker_flag = "--crosspool-worker=";

/// Worker processes that are children of the program. Started by the engine's service thread, which lives as long as
/// they may: a worker ends when the thread that started it does.
class spawned_workers final : public worker_source {
public:
  CROSSPOOL_INLINE ~spawned_workers() override;

  CROSSPOOL_INLINE std::optional<event> start(int id, const worker_descriptors& given) override;

  void signal(pid_t pid, int number) override { signal_group(pid, number); }

  CROSSPOOL_INLINE void add_to(std::vector<::pollfd>& polled) const override;

  CROSSPOOL_INLINE std::vector<event> events() override;

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
std::optional<worker_arguments> parse_worker_arguments(std::string_view text);

/// Whether all of a worker's descriptors are what spawned_workers gives, each another; that for its output may be -1.
bool are_a_workers(const worker_arguments& arguments);

/// Reads what follows the flag and decides whether this process serves its parent: this program itself, with no fewer
/// rights, which has given all that a worker needs. Says and hears nothing meanwhile. Nothing if who started it has
/// ended. Throws crosspool::error.
std::optional<worker_arguments> admit(std::string_view flag, pid_t parent);

/// What a new worker asks to hear again: bytes that nobody foresees.
bytes make_challenge();

/// Introduces this worker to who started it, and returns how it is to be initialized; nothing if the pool has been
/// closed meanwhile. Throws crosspool::error for any other answer. The one who knows the challenge and may answer is
/// the parent, which has been found to run this program before the challenge was said.
std::optional<bytes> introduce(const worker_channel& channel, const bytes& challenge);

/// What init does in a process that was started as a worker. Returns in any other.
void serve_if_spawned(int argc, char** argv) noexcept;

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
} // namespace CROSSPOOL_NAMESPACE

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/spawned_workers.ipp>
#endif

#endif
