// A member of a class template.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

template <class T> struct Box {
  T content;
};
int run(const Box<int>&, Box<FAULT(char*, char)>);

void call(crosspool::fork_pool& pool, std::vector<Box<int>> first, std::vector<Box<FAULT(char*, char)>> second) {
  pool.map(run, first, second); // here
}
// expect: map_argument<2>, Box<char*>, path<member<"content">>, raw_pointer<char*>
// expect: a raw pointer means nothing in another process
