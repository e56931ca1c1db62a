#include "eigen.hpp"

#include <map>
#include <string>
#include <vector>

#include "../battery.hpp"

using battery::arrives;

namespace {
struct step {
  std::string name;
  Eigen::Vector3d position;
  Eigen::MatrixXf weights;
};
} // namespace

TEST_CASE("Eigen's types") {
  const auto same = [](const auto& a, const auto& b) { return a.rows() == b.rows() && a.cols() == b.cols() && a == b; };
  arrives(Eigen::Matrix2d{{1, 2}, {3, 4}}, same);
  arrives(Eigen::MatrixXd{{1, 2, 3}, {4, 5, 6}}, same);
  arrives(Eigen::VectorXi{{1, 2, 3}}, same);
  arrives(Eigen::MatrixXd(), same);
  arrives(Eigen::Matrix<float, 2, 3, Eigen::RowMajor>{{1, 2, 3}, {4, 5, 6}}, same);
  arrives(Eigen::Array3d(1, 2, 3), [](const auto& a, const auto& b) { return (a == b).all(); });
  arrives(Eigen::Quaterniond(1, 2, 3, 4), [](const auto& a, const auto& b) { return a.coeffs() == b.coeffs(); });
  Eigen::SparseMatrix<double> sparse(3, 4);
  sparse.insert(1, 2) = 5;
  arrives(sparse, [](const auto& a, const auto& b) { return a.rows() == b.rows() && a.isApprox(b); });
  arrives(std::vector<Eigen::VectorXd>{Eigen::VectorXd::Ones(2), Eigen::VectorXd()},
          [&](const auto& a, const auto& b) { return a.size() == b.size() && same(a[0], b[0]) && same(a[1], b[1]); });
  arrives(step{"a", {1, 2, 3}, Eigen::MatrixXf::Ones(2, 3)}, [&](const step& a, const step& b) {
    return a.name == b.name && same(a.position, b.position) && same(a.weights, b.weights);
  });
}

TEST_CASE("what refers to Eigen's matrices is refused") {
  REFUSED_SOMEHOW(Eigen::Map<Eigen::VectorXd>);
  REFUSED_SOMEHOW(Eigen::Ref<Eigen::MatrixXd>);
  REFUSED_SOMEHOW(decltype(Eigen::MatrixXd() + Eigen::MatrixXd()));
}
