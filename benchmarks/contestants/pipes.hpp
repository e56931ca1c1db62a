// A process pool as one writes it for oneself: forked workers, two pipes each, cereal, one task a write.
#ifndef BENCHMARKS_CONTESTANTS_PIPES_HPP
#define BENCHMARKS_CONTESTANTS_PIPES_HPP

#include <cereal/archives/binary.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/vector.hpp>

#include <array>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include "../harness.hpp"

template <auto F> class Pipes {
  using argument = bench::argument_of<F>;
  using result = bench::result_of<F>;

public:
  Pipes() {
    for (auto& worker : workers_)
      start(worker);
  }
  Pipes(const Pipes&) = delete;
  Pipes& operator=(const Pipes&) = delete;
  ~Pipes() {
    for (auto& worker : workers_) {
      ::close(worker.tasks); // which its worker takes for the end
      ::close(worker.results);
      ::waitpid(worker.pid, nullptr, 0);
    }
  }

  std::vector<result> operator()(const std::vector<argument>& xs) {
    std::vector<result> results(xs.size());
    std::array<std::size_t, bench::workers> held{};
    std::array<pollfd, bench::workers> ready{};
    std::size_t sent = 0;
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      ready[i] = {workers_[i].results, POLLIN, 0};
      if (sent < xs.size())
        send(workers_[i].tasks, xs[held[i] = sent++]);
    }
    for (std::size_t received = 0; received < xs.size();) {
      if (::poll(ready.data(), ready.size(), -1) < 0)
        throw std::runtime_error("poll failed");
      for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (ready[i].revents == 0)
          continue;
        if (!receive(workers_[i].results, results[held[i]]))
          throw std::runtime_error("a worker is gone");
        ++received;
        if (sent < xs.size())
          send(workers_[i].tasks, xs[held[i] = sent++]);
      }
    }
    return results;
  }

  result apply(const argument& x) {
    result y;
    send(workers_[0].tasks, x);
    if (!receive(workers_[0].results, y))
      throw std::runtime_error("a worker is gone");
    return y;
  }

private:
  struct Worker {
    pid_t pid = -1;
    int tasks = -1;
    int results = -1;
  };

  void start(Worker& worker) {
    std::array<int, 2> tasks{};
    std::array<int, 2> results{};
    if (::pipe(tasks.data()) != 0 || ::pipe(results.data()) != 0)
      throw std::runtime_error("no pipe");
    worker = {::fork(), tasks[1], results[0]};
    if (worker.pid < 0)
      throw std::runtime_error("no process");
    if (worker.pid == 0) {
      for (const auto& other : workers_) { // or the others' ends would not be seen
        ::close(other.tasks);
        ::close(other.results);
      }
      work(tasks[0], results[1]);
    }
    ::close(tasks[0]);
    ::close(results[1]);
  }

  [[noreturn]] static void work(int tasks, int results) {
    for (argument x; receive(tasks, x);)
      send(results, F(x));
    ::_exit(0);
  }

  template <class T> static void send(int to, const T& value) {
    std::ostringstream stream;
    cereal::BinaryOutputArchive archive(stream);
    archive(value);
    const auto body = stream.str();
    const std::uint64_t size = body.size();
    auto message = std::string(reinterpret_cast<const char*>(&size), sizeof size);
    message += body;
    for (std::size_t at = 0; at < message.size();) {
      const auto n = ::write(to, message.data() + at, message.size() - at);
      if (n < 0 && errno != EINTR)
        throw std::runtime_error("write failed");
      at += static_cast<std::size_t>(std::max<ssize_t>(n, 0));
    }
  }

  // Whether all has been read.
  static bool read_all(int from, char* to, std::size_t size) {
    for (std::size_t at = 0; at < size;) {
      const auto n = ::read(from, to + at, size - at);
      if (n == 0 || (n < 0 && errno != EINTR))
        return false;
      at += static_cast<std::size_t>(std::max<ssize_t>(n, 0));
    }
    return true;
  }

  template <class T> static bool receive(int from, T& value) {
    std::uint64_t size = 0;
    if (!read_all(from, reinterpret_cast<char*>(&size), sizeof size))
      return false;
    std::string body(size, '\0');
    if (!read_all(from, body.data(), size))
      return false;
    std::istringstream stream(std::move(body));
    cereal::BinaryInputArchive archive(stream);
    archive(value);
    return true;
  }

  std::array<Worker, bench::workers> workers_;
};

template <auto F> using PipesChunks = bench::in_chunks<Pipes, F>;

#endif
