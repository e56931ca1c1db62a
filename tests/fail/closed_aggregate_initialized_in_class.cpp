// A member that {} cannot initialize, but its initializer can: what follows would not be seen.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Date {
  FAULT(explicit Date(int d) : day(d){}, )
  int day FAULT(, = 0);
};
struct Event {
  Date when = Date(FAULT(0, ));
  std::string text;
};
int run(const Event&);

void call(crosspool::fork_pool& pool, std::vector<Event> events) {
  pool.map(run, events); // here
}
// expect: map_argument<1>, Event, path<>, aggregate_that_cannot_be_opened<Event>
// expect: a member that {} cannot initialize
