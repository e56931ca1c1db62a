#include <crosspool/crosspool.hpp>

#include <fstream>

#include "fault.hpp"

class Initialize {
public:
  template <class Archive> void serialize(Archive& archive) { archive(log_); }
  void operator()(int) const {}

private:
  FAULT(std::ofstream*, int) log_ = {};
};

void call(Initialize& initialize) {
  crosspool::spawn_pool pool(2, initialize, 1); // here
}
// expect: initializer_state, Initialize, path<visited_by<Initialize>>, raw_pointer<std::ofstream*>
// expect: a raw pointer means nothing in another process
