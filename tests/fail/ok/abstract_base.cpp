// A base class is not made by itself: it may be abstract and need arguments.
#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>

class Shape {
public:
  explicit Shape(int sides) : sides_(sides) {}
  virtual ~Shape() = default;
  virtual double area() const = 0;
  template <class Archive> void serialize(Archive& archive) { archive(sides_); }

private:
  int sides_;
};
class Plan final : public Shape {
public:
  Plan() : Shape(4) {}
  double area() const override { return side_ * side_; }
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Shape>(this), side_); }

private:
  double side_ = 1;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
