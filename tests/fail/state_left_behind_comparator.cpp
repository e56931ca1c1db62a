#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Order {
  FAULT(bool descending = false;, )
  bool operator()(int a, int b) const { return FAULT(descending ? b < a :, ) a < b; }
};
struct Job {
  std::map<int, std::string, Order> names;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"names">, comparator>, state_left_behind<Order>
// expect: Use one without state; or write save and load for the container
