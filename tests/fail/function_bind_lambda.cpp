// bind of a lambda that captures.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void call(crosspool::spawn_pool& pool, std::vector<int> numbers) {
  int factor = 2;
  const auto run = [FAULT(&, )](int state, int x) { return FAULT(factor, 2) * state * x; };
  std::vector<int> results = pool.map(crosspool::bind(run, 1), numbers); // here
  static_cast<void>(factor);
}
// expect: function_state,
// expect: capturing_lambda<
// expect: thread_pool takes any lambda
