// Of a member function, the object is the first argument.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Item {
  int run(FAULT(std::vector<int>, std::string)) const;
};

void call(crosspool::fork_pool& pool, const std::vector<Item>& items, const std::vector<std::string>& names) {
  pool.map(&Item::run, items, names); // here
}
// expect: the_function_cannot_be_called
// expect: argument_does_not_fit<2, std::vector<int>, std::string>
