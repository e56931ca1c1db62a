// The yardsticks: there and back between two processes, with nothing but what wakes the other one up.
#include <atomic>
#include <cstdint>
#include <new>
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
  latency::add<Spinning>("raw spinning");
  return bench::run();
}
