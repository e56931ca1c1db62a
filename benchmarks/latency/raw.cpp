// The yardsticks: there and back between two processes, with nothing but what wakes the other one up.
#include <atomic>
#include <cstdint>
#include <new>
#include <optional>
#include <sched.h>
#include <stdexcept>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.hpp"

namespace {

struct Shared {
  std::atomic<std::uint32_t> asked{0};
  std::atomic<std::uint32_t> answered{0};
  std::atomic<bool> stop{false};
  std::atomic<int> value{0};
};

class Mapped {
public:
  Mapped() {
    void* const at = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
      throw std::runtime_error("no shared memory");
    shared_ = ::new (at) Shared;
  }
  Mapped(const Mapped&) = delete;
  Mapped& operator=(const Mapped&) = delete;
  ~Mapped() { ::munmap(shared_, sizeof(Shared)); }
  Shared* operator->() const { return shared_; }
  Shared& operator*() const { return *shared_; }

private:
  Shared* shared_;
};

void answer(Shared& shared) {
  shared.value = latency::square(shared.value);
}

// Binds this process to the n-th of the processors that it may use, and gives it back all of them at the end.
class Bound {
public:
  explicit Bound(int n) {
    ::sched_getaffinity(0, sizeof all_, &all_);
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu)
      if (CPU_ISSET(cpu, &all_) && n-- == 0)
        CPU_SET(cpu, &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  Bound(const Bound&) = delete;
  Bound& operator=(const Bound&) = delete;
  ~Bound() { ::sched_setaffinity(0, sizeof all_, &all_); }

private:
  cpu_set_t all_{};
};

// Blocking: the other one sleeps until an eventfd wakes it.
class Eventfd {
public:
  Eventfd() : pid_(::fork()) {
    if (pid_ != 0)
      return;
    for (;;) {
      wait(ask_);
      if (shared_->stop)
        ::_exit(0);
      answer(*shared_);
      wake(answer_);
    }
  }
  Eventfd(const Eventfd&) = delete;
  Eventfd& operator=(const Eventfd&) = delete;
  ~Eventfd() {
    shared_->stop = true;
    wake(ask_);
    ::waitpid(pid_, nullptr, 0);
    ::close(ask_);
    ::close(answer_);
  }
  int apply(int x) {
    shared_->value = x;
    wake(ask_);
    wait(answer_);
    return shared_->value;
  }

private:
  static void wake(int event) {
    const std::uint64_t one = 1;
    if (::write(event, &one, sizeof one) != sizeof one)
      ::_exit(1);
  }
  static void wait(int event) {
    std::uint64_t count = 0;
    if (::read(event, &count, sizeof count) != sizeof count)
      ::_exit(1);
  }

  Mapped shared_;
  int ask_ = ::eventfd(0, EFD_CLOEXEC);
  int answer_ = ::eventfd(0, EFD_CLOEXEC);
  pid_t pid_;
};

// The same where the two are kept on two processors, as a pool's user and a worker that is busy otherwise are. Left to
// itself the scheduler has both on one, where nobody needs to be woken from afar.
class Eventfd_apart {
public:
  Eventfd_apart() {
    {
      const Bound other(1); // where what is forked stays
      pair_.emplace();
    }
    here_.emplace(0);
  }
  int apply(int x) { return pair_->apply(x); }

private:
  std::optional<Eventfd> pair_;
  std::optional<Bound> here_;
};

// Spinning: both look at shared memory and let others run in between.
class Spinning {
public:
  Spinning() : pid_(::fork()) {
    if (pid_ != 0)
      return;
    for (std::uint32_t seen = 0;; ++seen) {
      while (shared_->asked == seen && !shared_->stop)
        ::sched_yield();
      if (shared_->stop)
        ::_exit(0);
      answer(*shared_);
      shared_->answered = seen + 1;
    }
  }
  Spinning(const Spinning&) = delete;
  Spinning& operator=(const Spinning&) = delete;
  ~Spinning() {
    shared_->stop = true;
    ::waitpid(pid_, nullptr, 0);
  }
  int apply(int x) {
    shared_->value = x;
    const auto number = ++shared_->asked;
    while (shared_->answered != number)
      ::sched_yield();
    return shared_->value;
  }

private:
  Mapped shared_;
  pid_t pid_;
};

} // namespace

int main(int argc, char** argv) {
  bench::start(argc, argv);
  latency::add<Eventfd>("raw eventfd");
  latency::add<Eventfd_apart>("raw eventfd, two processors");
  latency::add<Spinning>("raw spinning");
  return bench::run();
}
