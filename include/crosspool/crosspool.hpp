// crosspool: one pool whose workers are forked processes, spawned processes or threads, and a compiler that says what
// cannot cross to them. This header includes everything; processes are to be had on Linux, threads everywhere.
#ifndef CROSSPOOL_CROSSPOOL_HPP
#define CROSSPOOL_CROSSPOOL_HPP

#include <crosspool/version.hpp>

#ifdef CROSSPOOL_SUPPORTED // else that is the one error to see

#include <crosspool/await.hpp>
#include <crosspool/check/diagnose.hpp> // before pool.hpp, so that an error comes with a short trail of includes
#include <crosspool/crosses.hpp>
#include <crosspool/dropped.hpp>
#include <crosspool/init.hpp>
#include <crosspool/inline.hpp>
#include <crosspool/pool.hpp>
#include <crosspool/rng.hpp>
#include <crosspool/stop.hpp>
#include <crosspool/thread.hpp>
#include <crosspool/trace.hpp>
#include <crosspool/transient.hpp>
#include <crosspool/when.hpp>

#if __has_include(<sys/ioctl.h>) // terminals as POSIX systems have them
#include <crosspool/progress_bar.hpp>
#endif
#ifdef __linux__
#include <crosspool/fork.hpp>
#include <crosspool/spawn.hpp>
#endif

#endif
#endif
