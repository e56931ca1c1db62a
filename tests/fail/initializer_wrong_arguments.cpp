#include <crosspool/crosspool.hpp>

#include "fault.hpp"

void initialize(int, FAULT(std::vector<int>, std::string));

void call() {
  crosspool::fork_pool pool(2, initialize, 1, std::string("two")); // here
}
// expect: can_be_called_in_a_worker<void (&)(int, std::vector<int
// expect: argument_does_not_fit<2, std::vector<int
// expect: the function cannot be called with what it is given here
