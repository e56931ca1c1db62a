// A member of a class template, under a name longer than thirty letters.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

template <class T> struct Box {
  T what_is_in_the_box_whatever_it_may_be;
};
int run(const Box<int>&, Box<FAULT(char*, char)>);

void call(crosspool::fork_pool& pool, std::vector<Box<int>> first, std::vector<Box<FAULT(char*, char)>> second) {
  pool.map(run, first, second); // here
}
// expect: map_argument<2>, Box<char*>, path<member<"what_is_in_the_box_whatever_it_may_be">>, raw_pointer<char*>
// expect: a raw pointer means nothing in another process
