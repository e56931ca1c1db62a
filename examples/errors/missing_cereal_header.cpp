// A standard container whose cereal header is not included: the error names the header.
#include <crosspool/crosspool.hpp>

#include <list>
#include <string>
#include <vector>
#ifdef REPAIRED
#include <cereal/types/list.hpp>
#endif

struct Route {
  std::list<std::string> stops;
};

std::size_t length(const Route& route) {
  return route.stops.size();
}

int main() {
  crosspool::fork_pool pool(2);
  return pool.map(length, std::vector{Route{{"A", "B"}}})[0] == 2 ? 0 : 1; // here
}
// expect: map_argument<1>, Route, path<member<"stops">>, missing_cereal_header<std::list<std::string>
// expect: "cereal/types/list.hpp"
