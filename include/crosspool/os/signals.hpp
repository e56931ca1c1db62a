// Signals and the threads that the library starts.
#ifndef CROSSPOOL_OS_SIGNALS_HPP
#define CROSSPOOL_OS_SIGNALS_HPP

#include <crosspool/version.hpp>

#include <signal.h>

namespace CROSSPOOL_NAMESPACE::detail {

/// No signal reaches this thread meanwhile, nor ever a thread that it starts meanwhile: the application's signal
/// handlers run in the application's threads.
class no_signals : not_copied {
public:
  no_signals() noexcept {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~no_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
