// Eigen's matrices, arrays and quaternions of numbers: their sizes, then the block of their coefficients.
#ifndef CROSSPOOL_TESTS_CROSSING_FOREIGN_EIGEN_HPP
#define CROSSPOOL_TESTS_CROSSING_FOREIGN_EIGEN_HPP

#include <cereal/cereal.hpp>

#include <Eigen/Core>
#include <Eigen/Geometry>
#include <Eigen/SparseCore>
#include <cstddef>
#include <vector>

namespace Eigen {

template <class Archive, class Derived> void save(Archive& archive, const PlainObjectBase<Derived>& from) {
  archive(from.rows(), from.cols());
  archive(cereal::binary_data(from.data(), static_cast<std::size_t>(from.size()) * sizeof(*from.data())));
}
template <class Archive, class Derived> void load(Archive& archive, PlainObjectBase<Derived>& into) {
  Index rows = 0;
  Index columns = 0;
  archive(rows, columns);
  into.resize(rows, columns);
  archive(cereal::binary_data(into.data(), static_cast<std::size_t>(into.size()) * sizeof(*into.data())));
}

template <class Archive, class T, int options> void serialize(Archive& archive, Quaternion<T, options>& object) {
  archive(object.coeffs());
}

template <class Archive, class T, int options> void save(Archive& archive, const SparseMatrix<T, options>& from) {
  archive(from.rows(), from.cols(), from.nonZeros());
  for (Index outer = 0; outer < from.outerSize(); ++outer)
    for (typename SparseMatrix<T, options>::InnerIterator each(from, outer); each; ++each)
      archive(each.row(), each.col(), each.value());
}
template <class Archive, class T, int options> void load(Archive& archive, SparseMatrix<T, options>& into) {
  Index rows = 0;
  Index columns = 0;
  Index count = 0;
  archive(rows, columns, count);
  std::vector<Triplet<T>> triplets;
  for (; count > 0; --count) {
    Index row = 0;
    Index column = 0;
    T value{};
    archive(row, column, value);
    triplets.emplace_back(static_cast<int>(row), static_cast<int>(column), value);
  }
  into.resize(rows, columns);
  into.setFromTriplets(triplets.begin(), triplets.end());
}

} // namespace Eigen

#endif
