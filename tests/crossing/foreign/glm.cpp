#include "glm.hpp"

#include <string>
#include <vector>

#include "../battery.hpp"

using battery::arrives;

namespace {
struct vertex {
  glm::vec3 position;
  glm::vec2 texture;
  bool operator==(const vertex&) const = default;
};
} // namespace

TEST_CASE("GLM's types") {
  arrives(glm::vec3(1, 2, 3));
  arrives(glm::dvec4(1, 2, 3, 4));
  arrives(glm::bvec2(true, false));
  arrives(glm::mat4(2));
  arrives(glm::mat2x3(1, 2, 3, 4, 5, 6));
  arrives(glm::quat(1, 2, 3, 4));
  arrives(std::vector<vertex>{{{1, 2, 3}, {4, 5}}, {}});
  arrives(vertex{{1, 2, 3}, {4, 5}});
}
