// Static members and functions are no part of the value.
#include <crosspool/crosspool.hpp>

#include <functional>

enum class color { red, green };
struct Point {
  double x, y;
};
struct Job {
  int number = 7;
  color c = color::green;
  Point at{1, 2}, path[3];
  std::vector<Point> points;
  std::map<std::string, std::optional<Point>> named;
  std::function<void()>* const* none() const;
  static std::FILE* log;
};

int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  std::vector<int> results = pool.map(run, jobs);
}
