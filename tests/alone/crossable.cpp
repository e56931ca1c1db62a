// cereal's archives first, as cereal teaches; and what registers a class instantiates our archives.
#include <crosspool/crossable.hpp>

#include <cereal/archives/binary.hpp>
#include <cereal/types/polymorphic.hpp>

struct alone_shape {
  virtual ~alone_shape() = default;
  template <class Archive> void serialize(Archive&) {}
};
struct alone_circle : alone_shape {
  std::string name;
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<alone_shape>(this), name); }
};
CEREAL_REGISTER_TYPE(alone_circle)

bool crossable_works();
bool crossable_works() {
  return crosspool::crossable<std::unique_ptr<alone_shape>> && !crosspool::crossable<int*>;
}
