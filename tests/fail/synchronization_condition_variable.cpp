// A spawned worker's initializer.
#include <crosspool/crosspool.hpp>

#include <condition_variable>

#include "fault.hpp"

struct Signal {
  FAULT(std::condition_variable, int) changed {};
};
struct Initialize {
  Signal signal;
  void operator()() const {}
};

void call(Initialize& initialize) {
  crosspool::spawn_pool pool(2, initialize); // here
}
// expect: initializer_state, Initialize, path<member<"signal">, member<"changed">>
// expect: synchronization<std::condition_variable>
// expect: works in one process only
