// The class is registered before our archives are there.
#include <cereal/archives/binary.hpp>
#include <cereal/types/polymorphic.hpp>

#include <string>

struct early_shape {
  virtual ~early_shape() = default;
  template <class Archive> void serialize(Archive&) {}
};
struct early_circle : early_shape {
  std::string name;
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<early_shape>(this), name); }
};
CEREAL_REGISTER_TYPE(early_circle)

#include <crosspool/crosses.hpp>

bool crosses_works();
bool crosses_works() {
  return crosspool::crosses(std::unique_ptr<early_shape>(std::make_unique<early_circle>()));
}
