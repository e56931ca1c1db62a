// The fork policy: workers are forked from a template process, so that what the initializer is given is inherited.
#ifndef CROSSPOOL_FORK_HPP
#define CROSSPOOL_FORK_HPP

#include <crosspool/calls/initializer.hpp>
#include <crosspool/check/diagnose.hpp> // before pool.hpp, so that an error comes with a short trail of includes
#include <crosspool/policy.hpp>
#include <crosspool/pool.hpp>
#include <crosspool/processes/engine.hpp>
#include <crosspool/processes/forked_workers.hpp>

#include <memory>

namespace CROSSPOOL_NAMESPACE {

/// Workers are forked processes. The initializer and its arguments are inherited with the memory: a pointer, a mutex or
/// a move-only object is fine. What map sends, and what comes back, is serialized.
struct fork {
  static constexpr std::string_view name = "fork";
  static constexpr crossing initializer = crossing::inherited;
  static constexpr crossing function = crossing::serialized;
  static constexpr crossing arguments = crossing::serialized;
  static constexpr crossing results = crossing::serialized;
  using engine = detail::process_engine;

  /// Throws start_failed.
  template <class Init, class... Args>
  static std::unique_ptr<engine> start(const options& o, Init&& init, Args&&... args) {
    const auto initialize = [&] { detail::run_initializer<Args...>(init, args...); };
    return std::make_unique<engine>(o, detail::make_forked_workers(initialize), nullptr);
  }
};

static_assert(policy<fork>);

/// Workers are forked processes.
using fork_pool = pool<fork>;

} // namespace CROSSPOOL_NAMESPACE

#endif
