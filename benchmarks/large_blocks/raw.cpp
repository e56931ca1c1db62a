// What two worker processes can do here at most: blocks are copied into shared memory and, for "sum", once more by the
// worker, as into an object of its own. No serialization, no faults, nothing but spinning to wait. "Echo" copies the
// block there and back, into memory that is reused.
#include <atomic>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.hpp"

namespace {

using namespace large_blocks;

enum class work { sum, sum_in_place, echo, end };

class RawWorkers {
public:
  RawWorkers() : shared_(new_shared()) {
    for (int worker = 0; worker < bench::workers; ++worker)
      if (::fork() == 0)
        serve(worker);
  }
  RawWorkers(const RawWorkers&) = delete;
  RawWorkers& operator=(const RawWorkers&) = delete;
  ~RawWorkers() {
    run(work::end, std::vector<Doubles>(bench::workers)); // the next slot of each
    for (int worker = 0; worker < bench::workers; ++worker)
      ::wait(nullptr);
    ::munmap(shared_, sizeof *shared_);
  }

  std::vector<double> run(work what, const std::vector<Doubles>& input) {
    sums_.resize(input.size());
    echoed_.resize(what == work::echo ? input.size() : echoed_.size());
    for (std::size_t i = 0; i < input.size() + slots; ++i) {
      auto& slot = shared_->slot[i % slots];
      while (slot.state.load(std::memory_order_acquire) == state_of::full)
        ::sched_yield();
      if (i >= slots && what == work::echo)
        echoed_[i - slots].assign(slot.block, slot.block + slot.size);
      else if (i >= slots)
        sums_[i - slots] = slot.sum;
      if (i >= input.size())
        continue;
      slot.what = what;
      slot.size = input[i].size();
      if (slot.size != 0)
        std::memcpy(slot.block, input[i].data(), slot.size * sizeof(double));
      slot.state.store(state_of::full, std::memory_order_release);
    }
    return sums_;
  }
  [[nodiscard]] const std::vector<Doubles>& echoed() const { return echoed_; }

private:
  enum class state_of { free, full };
  static constexpr std::size_t slots = 2 * bench::workers;
  struct shared {
    struct alignas(4096) {
      std::atomic<state_of> state;
      work what;
      std::size_t size;
      double sum;
      alignas(4096) double block[block_bytes / sizeof(double)];
    } slot[slots];
  };

  static shared* new_shared() {
    void* const at = ::mmap(nullptr, sizeof(shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED)
      throw std::bad_alloc();
    return ::new (at) shared;
  }

  [[noreturn]] void serve(int worker) {
    Doubles own;
    for (std::size_t i = static_cast<std::size_t>(worker);; i += bench::workers) {
      auto& slot = shared_->slot[i % slots];
      while (slot.state.load(std::memory_order_acquire) != state_of::full)
        ::sched_yield();
      if (slot.what == work::sum) {
        own.assign(slot.block, slot.block + slot.size);
        slot.sum = sum(own);
      } else if (slot.what == work::sum_in_place)
        slot.sum = sum_in_place({slot.block, slot.size});
      const bool last = slot.what == work::end;
      slot.state.store(state_of::free, std::memory_order_release);
      if (last)
        ::_exit(0);
    }
  }

  shared* shared_;
  std::vector<double> sums_;
  std::vector<Doubles> echoed_;
};

void add(const char* variant, work what) {
  bench::add("raw copies", variant, [what](benchmark::State& state) {
    use(memory::fresh);
    const auto& input = blocks<Doubles>();
    std::vector<double> serial;
    for (const auto& block : input)
      serial.push_back(sum(block));
    RawWorkers workers;
    const double time = bench::measure(
        state, [&] { return workers.run(what, input); },
        [&](const auto& sums) { return what == work::echo ? workers.echoed() == input : sums == serial; });
    state.counters["GiB_per_second"] = static_cast<double>(input.size() * block_bytes) / time / (1 << 30);
  });
}

} // namespace

int main(int argc, char** argv) {
  bench::start(argc, argv);
  add("vector<double>, sum", work::sum);
  add("vector<double>, sum, read in place", work::sum_in_place);
  add("vector<double>, echo, memory reused by mallopt", work::echo);
  return bench::run();
}
