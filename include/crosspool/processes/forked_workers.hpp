// Workers forked from a template process. At construction the program forks this quiet process, and every worker, first
// or replacement, is forked from it: it starts from the program's memory as it was then, with the initializer's
// arguments in it, and never from a process that has since grown threads. The template also sees how its workers end,
// so that the application's own handling of child processes does not matter, and ends them when the program ends.
// Relies on Linux (pidfd, SCM_RIGHTS, PR_SET_PDEATHSIG).
#ifndef CROSSPOOL_PROCESSES_FORKED_WORKERS_HPP
#define CROSSPOOL_PROCESSES_FORKED_WORKERS_HPP

#include <crosspool/calls/initializer.hpp>
#include <crosspool/processes/worker_source.hpp>

#include <memory>

namespace CROSSPOOL_NAMESPACE::detail {

/// Forks the template. initialize() will run in each worker, from the memory that it refers to as it is now. Throws
/// start_failed.
std::unique_ptr<worker_source> make_forked_workers(initialize_ref initialize);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/processes/forked_workers.ipp>
#endif

#endif
