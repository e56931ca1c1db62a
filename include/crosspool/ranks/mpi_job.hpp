// Ranks of an MPI job: messages between them, what crosspool::init does in each, and how they end. All calls of MPI are
// here. On rank 0, one thread makes them between init and the end of the program; on the others, the one that serves.
// Relies on MPI 3.0 (matched probes).
#ifndef CROSSPOOL_RANKS_MPI_JOB_HPP
#define CROSSPOOL_RANKS_MPI_JOB_HPP

#include <crosspool/init.hpp>
#include <crosspool/os/credentials.hpp>
#include <crosspool/processes/worker.hpp>
#include <crosspool/ranks/back_off.hpp>
#include <crosspool/ranks/host.hpp>
#include <crosspool/ranks/local_link.hpp>
#include <crosspool/ranks/mpi_link.hpp>
#include <crosspool/ranks/service.hpp>
#include <crosspool/this_worker.hpp>

#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <mpi.h>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// What a rank says first: who it is, in a form that is the same in all versions, and its greeting.
inline bytes mpi_hello() {
  bytes hello;
  const auto host = mpi_host_name();
  const auto size = static_cast<std::uint32_t>(host.size());
  hello.resize(sizeof size + size);
  std::memcpy(hello.data(), &size, sizeof size);
  std::memcpy(hello.data() + sizeof size, host.data(), size);
  const auto greets = greeting();
  hello.insert(hello.end(), greets.begin(), greets.end());
  return hello;
}

/// What a rank but 0 does until the program ends.
[[noreturn]] inline void serve_as_rank(int rank, MPI_Comm ranks) noexcept {
  const serving_rank self{rank, mpi_host_name()};
  try {
    auto hello = mpi_hello();
    MPI_Send(hello.data(), static_cast<int>(hello.size()), MPI_BYTE, 0, hello_tag, ranks);
    {
      rank_host host(self);
      mpi_link link(ranks);
      for (back_off idle(std::chrono::microseconds(50)); !host.has_ended();) {
        bool any = link.receive(host);
        any = host.send(link, 0) || any;
        if (any)
          idle.found_something();
        else if (const auto pause = idle.pause(); pause.count() != 0 && !link.is_sending())
          host.outbox().wait_for(pause);
        else
          std::this_thread::yield();
      }
      link.finish();
    }
    MPI_Finalize();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "crosspool: %s cannot go on: %s\n", self.name().c_str(), e.what());
    MPI_Abort(ranks, EXIT_FAILURE);
  }
  std::exit(EXIT_SUCCESS);
}

/// Whether this process serves, or has been forked from one that does.
inline bool is_serving_rank = false;

/// The program's side of the job. From init to the end of the process.
class mpi_program {
public:
  /// Null before init, and in what serves.
  static mpi_program*& instance() noexcept {
    static mpi_program* program = nullptr;
    return program;
  }
  /// Throws start_failed if there is none.
  static mpi_program& demand() {
    if (is_serving_rank)
      throw start_failed("crosspool: an mpi pool is made by rank 0's program, and not in a task: that can make a "
                         "fork pool or a thread pool");
    if (is_privileged())
      throw start_failed("crosspool: an mpi pool is not for a privileged program: " + std::string(why_not_privileged));
    if (instance() == nullptr)
      throw start_failed("crosspool: an mpi pool needs crosspool::init(argc, argv) as the first line of main");
    return *instance();
  }

  mpi_program(MPI_Comm ranks, bool starts_and_ends_mpi) : ranks_(ranks), ends_mpi_(starts_and_ends_mpi) {
    // MPI_Finalize does this first, whoever calls it.
    int key = MPI_KEYVAL_INVALID;
    MPI_Comm_create_keyval(
        MPI_COMM_NULL_COPY_FN,
        [](MPI_Comm, int, void* program, void*) {
          static_cast<mpi_program*>(program)->end();
          return MPI_SUCCESS;
        },
        &key, nullptr);
    MPI_Comm_set_attr(MPI_COMM_SELF, key, this);
    std::atexit([] {
      auto& program = *instance();
      int over = 0;
      MPI_Finalized(&over);
      if (program.ends_mpi_ && over == 0 && this_worker::pid() == program.pid_)
        MPI_Finalize();
    });
  }

  /// Throws start_failed if not all ranks serve, or not this build.
  std::shared_ptr<rank_service> service(std::chrono::milliseconds start_timeout) {
    const std::lock_guard lock(mutex_);
    if (this_worker::pid() != pid_)
      throw start_failed("crosspool: an mpi pool is made by the process that called crosspool::init, not by one forked "
                         "from that");
    if (ended_)
      throw start_failed("crosspool: an mpi pool cannot be made after MPI_Finalize");
    if (service_)
      return service_;
    int level = MPI_THREAD_SINGLE, count = 1;
    MPI_Query_thread(&level);
    MPI_Comm_size(ranks_, &count);
    if (count == 1) {
      const serving_rank self{0, mpi_host_name()};
      auto link = std::make_unique<local_link>(self);
      auto& local = *link;
      service_ = std::make_shared<rank_service>(std::move(link), std::vector{self});
      local.on_message([service = service_.get()] { service->wake(); });
      return service_;
    }
    if (level < MPI_THREAD_SERIALIZED)
      throw start_failed(
          "crosspool: an mpi pool needs MPI_THREAD_SERIALIZED: ask MPI_Init_thread for it, or leave that "
          "to crosspool::init");
    service_ = std::make_shared<rank_service>(std::make_unique<mpi_link>(ranks_), greet(count, start_timeout));
    return service_;
  }

private:
  std::vector<serving_rank> greet(int count, std::chrono::milliseconds start_timeout) {
    hellos_.resize(static_cast<std::size_t>(count));
    const auto deadline = std::chrono::steady_clock::now() + start_timeout;
    std::vector<serving_rank> ranks;
    for (int rank = 1; rank != count; ++rank) {
      auto& hello = hellos_[static_cast<std::size_t>(rank)];
      while (hello.empty() && !receive_hello(rank, hello)) {
        if (std::chrono::steady_clock::now() >= deadline)
          throw start_failed("crosspool: rank " + std::to_string(rank) +
                             " did not report within options.start_timeout (is crosspool::init the first line of its "
                             "main?)");
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
      std::uint32_t size = 0;
      std::memcpy(&size, hello.data(), sizeof size);
      serving_rank each{rank, {reinterpret_cast<const char*>(hello.data() + sizeof size), size}};
      byte_view greets = hello;
      greets = greets.subspan(sizeof size + size);
      if (!take_greeting(greets) || !greets.empty())
        throw start_failed("crosspool: " + each.name() + " runs another build of the program than rank 0");
      ranks.push_back(std::move(each));
    }
    return ranks;
  }
  bool receive_hello(int rank, bytes& hello) const {
    int found = 0, size = 0;
    MPI_Status status{};
    MPI_Iprobe(rank, hello_tag, ranks_, &found, &status);
    if (found == 0)
      return false;
    MPI_Get_count(&status, MPI_BYTE, &size);
    hello.resize(static_cast<std::size_t>(size));
    MPI_Recv(hello.data(), size, MPI_BYTE, rank, hello_tag, ranks_, MPI_STATUS_IGNORE);
    return true;
  }

  // No more calls of MPI but these.
  void end() {
    const std::lock_guard lock(mutex_);
    if (this_worker::pid() != pid_ || std::exchange(ended_, true))
      return;
    int count = 1;
    MPI_Comm_size(ranks_, &count);
    if (service_ && count > 1)
      service_->stop();
    const auto over = rank_message_kind::end;
    for (int rank = 1; rank < count; ++rank)
      MPI_Send(&over, sizeof over, MPI_BYTE, rank, message_tag, ranks_);
  }

  const int pid_ = this_worker::pid();
  const MPI_Comm ranks_;
  const bool ends_mpi_;
  std::mutex mutex_;
  bool ended_ = false;
  std::vector<bytes> hellos_;
  std::shared_ptr<rank_service> service_;
};

/// Undoes what MPI does about signals that say that a process has crashed: of a worker, the pool reports that.
class signals_as_they_are : not_copied {
public:
  signals_as_they_are() {
    for (std::size_t i = 0; i != numbers.size(); ++i)
      ::sigaction(numbers[i], nullptr, &before_[i]);
  }
  ~signals_as_they_are() {
    for (std::size_t i = 0; i != numbers.size(); ++i)
      ::sigaction(numbers[i], &before_[i], nullptr);
  }

private:
  static constexpr std::array numbers{SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
  std::array<struct sigaction, numbers.size()> before_{};
};

/// What init does in a program that has mpi pools.
inline void enter_mpi_job(int argc, char** argv) {
  if (mpi_program::instance() != nullptr || is_serving_rank)
    return;
  if (is_privileged()) // the environment says which job it is a part of, and that is anybody's to write
    return;
  int was_started = 0;
  MPI_Initialized(&was_started);
  if (was_started == 0) {
    const signals_as_they_are signals;
    int level = MPI_THREAD_SINGLE;
    MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level);
  }
  MPI_Comm ranks = MPI_COMM_NULL;
  MPI_Comm_dup(MPI_COMM_WORLD, &ranks);
  int rank = 0;
  MPI_Comm_rank(ranks, &rank);
  if (is_serving_rank = rank != 0; is_serving_rank)
    serve_as_rank(rank, ranks);
  mpi_program::instance() = new mpi_program(ranks, was_started == 0);
}

inline const bool mpi_registered = (init_hooks().push_back(enter_mpi_job), true);

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
