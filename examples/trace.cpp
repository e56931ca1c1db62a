// Why does a pool's initializer take what its map refuses? Python's users meet the question with a list that holds an
// object that holds a pool or a module. Here the compiler answers it, and trace() shows the place.
#include <crosspool/crosspool.hpp>

#include <cereal/types/list.hpp>
#include <cereal/types/polymorphic.hpp>

#include <cstdlib>
#include <iostream>
#include <list>
#include <memory>
#include <string>

struct Module {
  std::string name;
  std::unique_ptr<crosspool::thread_pool> pool; // belongs to the process that made it
};
struct Job {
  int number = 0;
  std::list<Module> modules;
};

// The same without the pool: a worker makes its own.
struct Task {
  int number = 0;
  std::list<std::string> modules;
};

struct Shape {
  virtual ~Shape() = default;
  template <class Archive> void serialize(Archive&) {}
};
struct Circle : Shape {};
struct Square : Shape {};
CEREAL_REGISTER_TYPE(Circle)
CEREAL_REGISTER_POLYMORPHIC_RELATION(Shape, Circle)

const Job* inherited = nullptr;

int main() {
  Job job{1, {}};
  job.modules.push_back({"geometry", std::make_unique<crosspool::thread_pool>(1)});

  // What map refuses of a Job, and where:
  std::cout << crosspool::trace(job) << '\n';
  static_assert(!crosspool::crossable_to<Job, crosspool::fork>);
  static_assert(crosspool::crossable_to<Job, crosspool::thread>);

  // What it takes of a Task, and how many bytes that is:
  const Task task{1, {"geometry", "algebra"}};
  std::cout << crosspool::trace(task) << '\n';
  static_assert(crosspool::crossable_to<Task, crosspool::fork>);

  // Of the type alone:
  std::cout << crosspool::trace<Task>() << '\n';

  // fork's initializer inherits the job with the memory: nothing is serialized, so nothing is refused.
  crosspool::fork_pool pool(2, [](const Job& j) { inherited = &j; }, job);
  const auto names = pool.map([](int) { return inherited->modules.front().name; }, {1, 2, 3});
  std::cout << "workers inherited the module " << names[0] << '\n';

  // What a type promises a value may break: cereal has been told of Circle, not of Square.
  const std::unique_ptr<Shape> circle = std::make_unique<Circle>();
  const std::unique_ptr<Shape> square = std::make_unique<Square>();
  std::cout << std::boolalpha << "circle crosses: " << crosspool::crosses(circle)
            << ", square crosses: " << crosspool::crosses(square) << '\n'
            << crosspool::trace(square);

  const bool as_expected = !crosspool::trace(job).crosses() && crosspool::crosses(task) && names[2] == "geometry" &&
                           crosspool::crosses(circle) && !crosspool::crosses(square);
  return as_expected ? EXIT_SUCCESS : EXIT_FAILURE;
}
