// The yardstick: two forked processes that each do half of the tasks, with no pool and no task sent. They are there
// before the clock starts, as a pool's workers are.
#include <array>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.hpp"

namespace {

template <auto F> class BareForks {
public:
  BareForks() {
    if (::pipe(start_.data()) != 0 || ::pipe(ended_.data()) != 0)
      throw std::runtime_error("no pipe");
  }
  BareForks(const BareForks&) = delete;
  BareForks& operator=(const BareForks&) = delete;
  ~BareForks() {
    for (const int each : {start_[0], start_[1], ended_[0], ended_[1]})
      ::close(each);
  }

  /// Forks the two, which then wait for a byte.
  void prepare(const std::vector<task_sizes::Task>& tasks) {
    size_ = tasks.size();
    void* const memory = ::mmap(nullptr, bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
      throw std::runtime_error("no shared memory");
    results_ = static_cast<std::uint64_t*>(memory);
    for (std::size_t i = 0; i < bench::workers; ++i)
      if (::fork() == 0) {
        read_byte(start_[0]);
        for (auto at = size_ * i / bench::workers; at < size_ * (i + 1) / bench::workers; ++at)
          results_[at] = F(tasks[at]);
        write_byte(ended_[1]);
        ::_exit(0);
      }
  }

  std::vector<std::uint64_t> operator()(const std::vector<task_sizes::Task>&) {
    for (int i = 0; i < bench::workers; ++i)
      write_byte(start_[1]);
    for (int i = 0; i < bench::workers; ++i)
      read_byte(ended_[0]);
    std::vector<std::uint64_t> results(results_, results_ + size_);
    for (int i = 0; i < bench::workers; ++i)
      ::wait(nullptr);
    ::munmap(results_, bytes());
    return results;
  }

private:
  [[nodiscard]] std::size_t bytes() const { return size_ * sizeof(std::uint64_t) + 1; }
  static void read_byte(int from) {
    char byte = 0;
    if (::read(from, &byte, 1) != 1)
      ::_exit(1);
  }
  static void write_byte(int to) {
    if (::write(to, "", 1) != 1)
      ::_exit(1);
  }

  std::array<int, 2> start_{};
  std::array<int, 2> ended_{};
  std::uint64_t* results_ = nullptr;
  std::size_t size_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  bench::start(argc, argv);
  task_sizes::add<BareForks>("two bare forks");
  return bench::run();
}
