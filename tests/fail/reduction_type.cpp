// What f returns is no value of init's type.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

FAULT(std::string, int) measure(int);
long add(long, long);

void call(crosspool::thread_pool& pool, std::vector<int> numbers) {
  pool.map_reduce(measure, numbers, add, 0L); // here
}
// expect: can_be_reduced<
// expect: what the function returns must be convertible to it
