// Inherited: nothing is serialized.
#include <crosspool/crosspool.hpp>

#include <fstream>
#include <functional>
#include <mutex>

struct Model {
  int weights[9];
};
void initialize(std::FILE*, std::mutex&, const Model*, std::unique_ptr<int>);

void call(std::FILE* file, const Model& model) {
  std::mutex guard;
  crosspool::fork_pool inherits(2, initialize, file, std::ref(guard), &model, std::make_unique<int>(1));
  crosspool::fork_pool captures(2, [&guard, file](int*) { static_cast<void>(file); }, static_cast<int*>(nullptr));
  crosspool::fork_pool streams({.workers = 2}, [](std::ofstream&) {}, std::ofstream("log"));
}
