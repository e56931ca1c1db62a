#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Scale {
  double factor;
  FAULT(const double*, double) offset;
  double operator()(double x) const { return factor * x; }
};

void call(crosspool::fork_pool& pool, std::vector<double> numbers) {
  pool.map(Scale{}, numbers); // here
}
// expect: function_state, Scale, path<member<"offset">>, raw_pointer<const double*>
// expect: a raw pointer means nothing in another process
