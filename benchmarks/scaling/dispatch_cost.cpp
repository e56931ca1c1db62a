// What dispatch takes of rank 0's processor time, run as: mpirun -n K dispatch_cost. Prints, for simulation.cpp:
// the microseconds of the thread that talks to the ranks, for each batch that it sends and whose answer it takes; and
// the nanoseconds of the thread that calls map, for each item. Waiting that spins counts in: so no less than it is.
#include <crosspool/mpi.hpp>

#include <cstddef>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <vector>

namespace {

int successor(int x) {
  return x + 1;
}

double seconds_on(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Of this thread, and of the other ones.
struct Cost {
  double here, elsewhere;
};
template <class Work> Cost cost_of(Work work) {
  const double process = seconds_on(CLOCK_PROCESS_CPUTIME_ID), thread = seconds_on(CLOCK_THREAD_CPUTIME_ID);
  work();
  const double here = seconds_on(CLOCK_THREAD_CPUTIME_ID) - thread;
  return {here, seconds_on(CLOCK_PROCESS_CPUTIME_ID) - process - here};
}

} // namespace

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  crosspool::mpi_pool pool{1};
  std::vector<int> xs(4'000'000);
  std::iota(xs.begin(), xs.end(), 0);
  bool right = pool.map(successor, xs).back() == xs.back() + 1; // warms up

  // A batch each: a call of one item cannot share one.
  constexpr int calls = 100'000;
  std::vector<crosspool::future<int>> futures;
  futures.reserve(calls);
  const auto batches = cost_of([&] {
    for (int i = 0; i != calls; ++i)
      futures.push_back(pool.apply_async(successor, i));
    for (int i = 0; i != calls; ++i)
      right = futures[static_cast<std::size_t>(i)].get() == i + 1 && right;
  });

  // Few batches, whose items count.
  std::vector<int> ys;
  const auto items = cost_of([&] { ys = pool.map(successor, xs); });
  right = right && ys.back() == xs.back() + 1;

  std::printf("%d ranks that serve: %.2f us a batch, %.2f ns an item%s\n", pool.workers(),
              batches.elsewhere / calls * 1e6, items.here / static_cast<double>(xs.size()) * 1e9,
              right ? "" : ": WRONG RESULTS");
  return right ? 0 : 1;
}
