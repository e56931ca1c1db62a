// GLM's vectors, matrices and quaternions: numbers one by one.
#ifndef CROSSPOOL_TESTS_CROSSING_FOREIGN_GLM_HPP
#define CROSSPOOL_TESTS_CROSSING_FOREIGN_GLM_HPP

#include <cereal/cereal.hpp>

#include <glm/glm.hpp>
#include <glm/gtc/quaternion.hpp>

namespace glm {

template <class Archive, length_t n, class T, qualifier q> void serialize(Archive& archive, vec<n, T, q>& object) {
  for (length_t i = 0; i < n; ++i)
    archive(object[i]);
}
template <class Archive, length_t columns, length_t rows, class T, qualifier q>
void serialize(Archive& archive, mat<columns, rows, T, q>& object) {
  for (length_t i = 0; i < columns; ++i)
    archive(object[i]);
}
template <class Archive, class T, qualifier q> void serialize(Archive& archive, qua<T, q>& object) {
  for (length_t i = 0; i < 4; ++i)
    archive(object[i]);
}

} // namespace glm

#endif
