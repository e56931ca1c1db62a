#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Answer {
  std::vector<FAULT(crosspool::future<int>, int)> pending;
};
Answer run(int);

void call(crosspool::fork_pool& pool) {
  auto answer = pool.apply(run, 1); // here
}
// expect: result, Answer, path<member<"pending">, each_element>, a_pool<future<int>>
// expect: send what the future gives
