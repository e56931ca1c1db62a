#include <crosspool/crosspool.hpp>

#include <cereal/types/unordered_set.hpp>

#include "fault.hpp"

using Hash = FAULT(std::size_t (*)(int), std::hash<int>);
using Numbers = std::unordered_set<int, Hash>;
Numbers run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  pool.map(run, numbers); // here
}
// expect: result, std::unordered_set<int
// expect: path<hasher>, state_left_behind<
