// The spawn policy: workers are the program started anew, so that everything that reaches them is serialized.
#ifndef CROSSPOOL_SPAWN_HPP
#define CROSSPOOL_SPAWN_HPP

#include <crosspool/check/diagnose.hpp> // before pool.hpp, so that an error comes with a short trail of includes
#include <crosspool/policy.hpp>
#include <crosspool/pool.hpp>
#include <crosspool/processes/engine.hpp>
#include <crosspool/processes/spawned_workers.hpp>

#include <memory>

namespace CROSSPOOL_NAMESPACE {

/// Workers are processes started anew from the program's own image. Everything that reaches them is serialized, the
/// initializer and its arguments included.
struct spawn {
  static constexpr std::string_view name = "spawn";
  static constexpr crossing initializer = crossing::serialized;
  static constexpr crossing function = crossing::serialized;
  static constexpr crossing arguments = crossing::serialized;
  static constexpr crossing results = crossing::serialized;
  using engine = detail::process_engine;

  /// Throws start_failed, also in a privileged program (set-user-ID, file capabilities): only fork_pool has workers
  /// there that nobody else can start.
  template <class Init, class... Args>
  static std::unique_ptr<engine> start(const options& o, Init&& init, Args&&... args) {
    detail::demand_workers_are_known<spawn>();
    return std::make_unique<engine>(o, std::make_unique<detail::spawned_workers>(),
                                    detail::make_setup<Init, Args...>(init, args...));
  }
};

static_assert(policy<spawn>);

/// Workers are processes started anew.
using spawn_pool = pool<spawn>;

} // namespace CROSSPOOL_NAMESPACE

#endif
