#include <crosspool/crosspool.hpp>

#include <set>

#ifdef CONTROL
#include <cereal/types/set.hpp>
#endif

void initialize(const std::multiset<std::string>&);

void call(const std::multiset<std::string>& table) {
  crosspool::spawn_pool pool(2, initialize, table); // here
}
// expect: initializer_argument<1>, std::multiset<std::
// expect: path<>, missing_cereal_header<std::multiset<std::
// expect: "cereal/types/set.hpp"
