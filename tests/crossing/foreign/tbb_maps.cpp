// What looks like a map to cereal, and lacks what it asks of one.
#include <string>
#include <tbb/concurrent_hash_map.h>

#include "../battery.hpp"

TEST_CASE("oneTBB's hash map without functions is refused") {
  REFUSED_SOMEHOW(tbb::concurrent_hash_map<int, std::string>);
}
