#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Angle {
  double radians = 0;
  template <class Archive> void serialize(Archive& archive) { archive(radians); }
};
#ifndef CONTROL
template <class Archive> void save(Archive& archive, const Angle& angle) {
  archive(angle.radians);
}
template <class Archive> void load(Archive& archive, Angle& angle) {
  archive(angle.radians);
}
#endif
int run(const Angle&);

void call(crosspool::fork_pool& pool, std::vector<Angle> angles) {
  pool.map(run, angles); // here
}
// expect: map_argument<1>, Angle, path<>, several_serialize_functions<Angle>
// expect: CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Class, cereal::specialization::member_serialize)
