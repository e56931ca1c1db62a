#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>
#include <cereal/types/polymorphic.hpp>

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
  template <class Archive> void serialize(Archive&) {}
};
struct Square : Shape {
  double side = 1;
  double area() const override { return side * side; }
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Shape>(this), side); }
};
CEREAL_REGISTER_TYPE(Square)
std::shared_ptr<Shape> run(const std::unique_ptr<Shape>&);

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<Shape>> shapes) {
  std::vector<std::shared_ptr<Shape>> results = pool.map(run, std::move(shapes));
}
