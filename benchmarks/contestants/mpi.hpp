// Master and workers by hand over Open MPI, whose waiting ranks spin (with sched_yield: see run.py). Rank 0 is the
// program, the others are its workers.
#ifndef BENCHMARKS_CONTESTANTS_MPI_HPP
#define BENCHMARKS_CONTESTANTS_MPI_HPP

#include <csignal>
#include <mpi.h>
#include <stdexcept>
#include <sys/types.h>
#include <unistd.h>

#include "../harness.hpp"

namespace mpi {

inline constexpr int stop = 0;

template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;

template <class T> void send(int to, int tag, const T& value) {
  if constexpr (is_vector<T>)
    MPI_Send(value.data(), static_cast<int>(value.size() * sizeof(value[0])), MPI_BYTE, to, tag, MPI_COMM_WORLD);
  else
    MPI_Send(&value, sizeof value, MPI_BYTE, to, tag, MPI_COMM_WORLD);
}

// The message that has been probed.
template <class T> void receive(const MPI_Status& probed, T& value) {
  int size = 0;
  MPI_Get_count(&probed, MPI_BYTE, &size);
  void* to = nullptr;
  if constexpr (is_vector<T>) {
    value.resize(static_cast<std::size_t>(size) / sizeof(value[0]));
    to = value.data();
  } else
    to = &value;
  MPI_Recv(to, size, MPI_BYTE, probed.MPI_SOURCE, probed.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

// What the workers can do: a task's tag is its place here, plus 1. All ranks are one program, and so have one order.
using job = void (*)(const MPI_Status&);
inline std::vector<job>& jobs() {
  static std::vector<job> all;
  return all;
}
template <auto F> void do_job(const MPI_Status& probed) {
  bench::argument_of<F> x;
  receive(probed, x);
  send(0, probed.MPI_TAG, F(x));
}
template <auto F> struct registered {
  static inline const int tag = [] {
    jobs().push_back(do_job<F>);
    return static_cast<int>(jobs().size());
  }();
};

inline int own_pid(int) {
  return ::getpid();
}
inline std::vector<pid_t>& pids() {
  static std::vector<pid_t> all;
  return all;
}
/// Stops the workers, or lets them go on. Waiting, they would spin where the master computes.
inline void rest(bool stopped) {
  for (const pid_t pid : pids())
    ::kill(pid, stopped ? SIGSTOP : SIGCONT);
}

/// Whether this is the master; a worker comes back when there is no more to do.
inline bool start(int& argc, char**& argv) {
  MPI_Init(&argc, &argv);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) {
    int ranks = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    for (int worker = 1; worker < ranks; ++worker) {
      MPI_Status status;
      send(worker, registered<&own_pid>::tag, 0);
      MPI_Probe(worker, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
      receive(status, pids().emplace_back());
    }
    return true;
  }
  for (MPI_Status status;;) {
    MPI_Probe(0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
    if (status.MPI_TAG == stop)
      break;
    jobs()[static_cast<std::size_t>(status.MPI_TAG - 1)](status);
  }
  char nothing = 0;
  MPI_Recv(&nothing, 1, MPI_BYTE, 0, stop, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
  MPI_Finalize();
  return false;
}
inline void end() {
  for (int rank = 1; rank <= bench::workers; ++rank)
    send(rank, stop, char{});
  MPI_Finalize();
}

} // namespace mpi

template <auto F> class Mpi {
public:
  Mpi() {
    int ranks = 0;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks != bench::workers + 1)
      throw std::runtime_error("run this with mpirun -n 3");
  }

  std::vector<bench::result_of<F>> operator()(const std::vector<bench::argument_of<F>>& xs) {
    std::vector<bench::result_of<F>> results(xs.size());
    std::vector<std::size_t> held(bench::workers + 1);
    std::size_t sent = 0;
    const auto next = [&](int rank) {
      if (sent < xs.size())
        mpi::send(rank, mpi::registered<F>::tag, xs[held[static_cast<std::size_t>(rank)] = sent++]);
    };
    for (int rank = 1; rank <= bench::workers; ++rank)
      next(rank);
    for (std::size_t received = 0; received < xs.size(); ++received) {
      MPI_Status status;
      MPI_Probe(MPI_ANY_SOURCE, mpi::registered<F>::tag, MPI_COMM_WORLD, &status);
      mpi::receive(status, results[held[static_cast<std::size_t>(status.MPI_SOURCE)]]);
      next(status.MPI_SOURCE);
    }
    return results;
  }

  void rest(bool stopped) { mpi::rest(stopped); }

  bench::result_of<F> apply(const bench::argument_of<F>& x) {
    bench::result_of<F> y;
    MPI_Status status;
    mpi::send(1, mpi::registered<F>::tag, x);
    MPI_Probe(1, mpi::registered<F>::tag, MPI_COMM_WORLD, &status);
    mpi::receive(status, y);
    return y;
  }
};

template <auto F> using MpiChunks = bench::in_chunks<Mpi, F>;

#endif
