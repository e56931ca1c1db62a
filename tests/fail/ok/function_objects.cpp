#include <crosspool/crosspool.hpp>

#include <functional>

struct Scale {
  double factor;
  double operator()(double x) const { return factor * x; }
  std::string operator()(const std::string& x) const { return x; }
};
struct Count {
  int count = 0;
  int operator()(int x) { return count += x; }
};
class Hidden {
public:
  template <class Archive> void serialize(Archive& archive) { archive(factor_); }
  double operator()(double x) const { return factor_ * x; }

private:
  double factor_ = 2;
};

void call(crosspool::spawn_pool& pool, std::vector<double> weights, std::vector<std::string> names) {
  std::vector<double> a = pool.map(Scale{2}, weights);
  std::vector<std::string> b = pool.map(Scale{2}, names);
  std::vector<int> c = pool.map(Count{}, std::vector<int>(3));
  std::vector<double> d = pool.map(Hidden(), weights);
  std::vector<int> e = pool.map(std::plus<>(), std::vector<int>(3), std::vector<int>(3));
}
