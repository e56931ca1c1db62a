// All of the library that depends on no type of the user's, compiled once: for one file of a program whose files are
// all compiled with CROSSPOOL_SEPARATE_COMPILATION. (crosspool::compiled is that file as a library.)
#ifndef CROSSPOOL_SRC_HPP
#define CROSSPOOL_SRC_HPP

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#error "crosspool/src.hpp is for programs that are compiled with CROSSPOOL_SEPARATE_COMPILATION"
#endif

#include <crosspool/bytes/exceptions.ipp>
#include <crosspool/bytes/functions.ipp>
#include <crosspool/bytes/tracer.ipp>
#include <crosspool/calls/awaited_call.ipp>
#include <crosspool/calls/completion.ipp>
#include <crosspool/calls/engine.ipp>
#include <crosspool/calls/timeline.ipp>
#include <crosspool/futures/continuation.ipp>
#include <crosspool/futures/dropped_errors.ipp>
#include <crosspool/futures/ended_calls.ipp>
#include <crosspool/os/cpu_quota.ipp>
#include <crosspool/os/credentials.ipp>
#include <crosspool/os/function_id.ipp>
#include <crosspool/os/memory_use.ipp>
#include <crosspool/os/process.ipp>
#include <crosspool/os/shared_memory.ipp>
#include <crosspool/processes/crew.ipp>
#include <crosspool/processes/dispatcher.ipp>
#include <crosspool/processes/engine.ipp>
#include <crosspool/processes/fork_server.ipp>
#include <crosspool/processes/forked_workers.ipp>
#include <crosspool/processes/lane.ipp>
#include <crosspool/processes/log.ipp>
#include <crosspool/processes/output.ipp>
#include <crosspool/processes/round_trip.ipp>
#include <crosspool/processes/spawned_workers.ipp>
#include <crosspool/processes/worker.ipp>
#include <crosspool/processes/worker_record.ipp>
#include <crosspool/threads/engine.ipp>
#include <crosspool/threads/indexed_call.ipp>
#include <crosspool/threads/meter.ipp>
#include <crosspool/wire/arena.ipp>
#include <crosspool/wire/broadcast_message.ipp>
#include <crosspool/wire/exit_function.ipp>
#include <crosspool/wire/handshake.ipp>
#include <crosspool/wire/parcel.ipp>
#include <crosspool/wire/program_queue.ipp>
#include <crosspool/wire/queue.ipp>
#include <crosspool/wire/replies.ipp>
#include <crosspool/wire/task.ipp>
#include <crosspool/wire/worker_queue.ipp>

#endif
