// The caller does not wait in the task_group, where it would do the task itself: it is another thread that does it.
#include "../contestants/tbb.hpp"

#include <future>
#include <tbb/task_arena.h>

#include "workload.hpp"

class TbbArena {
public:
  int apply(int x) {
    std::promise<int> answer;
    arena_.enqueue([&] { answer.set_value(latency::square(x)); });
    return answer.get_future().get();
  }

private:
  tbb::global_control control_{tbb::global_control::max_allowed_parallelism, bench::workers + 1};
  tbb::task_arena arena_{bench::workers, 0};
};

int main(int argc, char** argv) {
  bench::start(argc, argv);
  latency::add<TbbArena>("oneTBB task_arena");
  return bench::run();
}
