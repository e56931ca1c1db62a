#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>

#include "fault.hpp"

struct Track : std::vector<double> {
  std::string name;
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::base_class<std::vector<double>>(this), name);
  }
};
#ifdef CONTROL
CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Track, cereal::specialization::member_serialize)
#endif
int run(const Track&);

void call(crosspool::fork_pool& pool, std::vector<Track> tracks) {
  pool.map(run, tracks); // here
}
// expect: map_argument<1>, Track, path<>, several_serialize_functions<Track>
// expect: say which one it is
