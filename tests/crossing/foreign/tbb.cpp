#include "tbb.hpp"

#include <string>
#include <tbb/concurrent_map.h>
#include <tbb/concurrent_queue.h>
#include <tbb/concurrent_unordered_map.h>

#include "../battery.hpp"

using battery::arrives;

TEST_CASE("oneTBB's types") {
  arrives(tbb::concurrent_vector<std::string>{"a", "b"});
  const auto same = [](const auto& a, const auto& b) {
    return a.size() == b.size() && a.find(1)->second == b.find(1)->second;
  };
  arrives(tbb::concurrent_unordered_map<int, std::string>{{1, "a"}, {2, "b"}}, same);
  arrives(tbb::concurrent_map<int, std::string>{{1, "a"}, {2, "b"}}, same);
  arrives(tbb::concurrent_hash_map<int, std::string>{{1, "a"}, {2, "b"}},
          [](const auto& a, const auto& b) { return a == b; });
}

TEST_CASE("what cannot be walked through is refused") {
  REFUSED_SOMEHOW(tbb::concurrent_queue<int>);
}
