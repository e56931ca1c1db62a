#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Track : std::vector<double> {
  FAULT(std::string name;, )
};
int run(const Track&);

void call(crosspool::fork_pool& pool, std::vector<Track> tracks) {
  pool.map(run, tracks); // here
}
// expect: map_argument<1>, Track, path<>, inherited_serialize_function<Track>
// expect: cereal::base_class<Base>(this)
// expect: CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES
