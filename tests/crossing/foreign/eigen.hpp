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

// For all of a kind, each by its own name: a function for their common base would be one of a base.
#define SAVE_AND_LOAD(Kind)                                                                                            \
  template <class Archive, class T, int rows, int columns, int options, int most_rows, int most_columns>               \
  void save(Archive& archive, const Kind<T, rows, columns, options, most_rows, most_columns>& from) {                  \
    archive(from.rows(), from.cols());                                                                                 \
    archive(cereal::binary_data(from.data(), static_cast<std::size_t>(from.size()) * sizeof(T)));                      \
  }                                                                                                                    \
  template <class Archive, class T, int rows, int columns, int options, int most_rows, int most_columns>               \
  void load(Archive& archive, Kind<T, rows, columns, options, most_rows, most_columns>& into) {                        \
    Index there = 0;                                                                                                   \
    Index across = 0;                                                                                                  \
    archive(there, across);                                                                                            \
    into.resize(there, across);                                                                                        \
    archive(cereal::binary_data(into.data(), static_cast<std::size_t>(into.size()) * sizeof(T)));                      \
  }
SAVE_AND_LOAD(Matrix)
SAVE_AND_LOAD(Array)
#undef SAVE_AND_LOAD

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
