#include <crosspool/crosspool.hpp>
#ifdef CONTROL
#include <cereal/types/polymorphic.hpp>
#endif

struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
  template <class Archive> void serialize(Archive&) {}
};
struct Job {
  std::shared_ptr<Shape> shape;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"shape">>, unregistered_polymorphic<std::shared_ptr<Shape>>
// expect: CEREAL_REGISTER_TYPE for each class
