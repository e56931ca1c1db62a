#include <crosspool/crosspool.hpp>

#include <cereal/types/atomic.hpp>

#include "fault.hpp"

struct Count {
  FAULT(std::atomic<int>, int) value { 0 };
};
Count run(int);

void call(crosspool::fork_pool& pool, const std::vector<int>& numbers) {
  pool.map(run, numbers); // here
}
// expect: result, Count, path<member<"value">>, not_movable<std::atomic<int>>
// expect: Write a move constructor
