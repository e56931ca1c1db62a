#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Base {
  int offset = 0;
};
struct Scale FAULT( : Base, ) {
  double factor = 1;
  double operator()(double x) const { return factor * x; }
};

void call(crosspool::fork_pool& pool, std::vector<double> numbers) {
  pool.map(Scale{}, numbers); // here
}
// expect: function_state, Scale, path<>, aggregate_that_cannot_be_opened<Scale>
// expect: it has a base class
