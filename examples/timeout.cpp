// A task may never end: a deadline stops it, costs that one item, and the others have their results.
#include <crosspool/crosspool.hpp>

#include <chrono>
#include <cstdio>
#include <vector>

using namespace std::chrono_literals;

// How many steps of the Collatz sequence lead from n to 1; from 0, none do.
int steps_to_one(long n) {
  int steps = 0;
  for (; n != 1; ++steps)
    n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return steps;
}

int main() {
  crosspool::fork_pool pool{2};
  const std::vector<long> numbers{27, 97, 0, 871};
  const auto all = pool.with({.timeout = 500ms}).try_map(steps_to_one, numbers);

  int timed_out = 0;
  for (std::size_t i = 0; i < all.size(); ++i)
    try {
      std::printf("%ld: %d steps\n", numbers[i], all[i].value());
    } catch (const crosspool::task_timed_out& e) {
      std::printf("%ld: %s\n", numbers[i], e.what());
      timed_out += e.item() == 2 ? 1 : 100;
    }
  const bool right = timed_out == 1 && all[0].value() == 111 && all[1].value() == 118 && all[3].value() == 178;
  return right ? 0 : 1;
}
