// A model that takes long to load and is too large, or too strange, to be sent with each task: every worker loads its
// own, once, and each task gets it by reference. It never crosses, so it may be what it likes; here it cannot even be
// moved. In the end each worker says what it has done.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

struct Sample {
  std::string label;
  double x, y;
};

// Knows a place by the nearest that it has seen before.
class Model {
public:
  explicit Model(const std::string& path) {
    std::ifstream file(path);
    for (Sample s; file >> s.label >> s.x >> s.y;)
      samples_.push_back(s);
    if (samples_.empty())
      throw std::runtime_error("no samples in " + path); // the pool's constructor throws start_failed with these words
  }
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  std::string classify(double x, double y) {
    ++asked_;
    const Sample* best = &samples_.front();
    const auto distance = [&](const Sample& s) { return (s.x - x) * (s.x - x) + (s.y - y) * (s.y - y); };
    for (const auto& each : samples_)
      if (distance(each) < distance(*best))
        best = &each;
    return best->label;
  }
  [[nodiscard]] int asked() const { return asked_; }

private:
  std::vector<Sample> samples_;
  int asked_ = 0;
};

Model load(const std::string& path) {
  return Model(path);
}

struct Query {
  double x, y;
};

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  const std::string path = "model_per_worker.txt";
  std::ofstream(path) << "west -1 0\neast 1 0\nnorth 0 1\nsouth 0 -1\n";

  // The policy and the type of what load returns are deduced: this is a pool<spawn, Model>.
  crosspool::pool pool{crosspool::spawn{}, {.workers = 2}, load, path};
  auto asked = pool.at_exit([](const Model& model) { return model.asked(); });

  const std::vector<Query> queries{{-3, 1}, {2, 1}, {0.1, 4}, {1, -2}};
  const auto labels = pool.map([](Model& model, const Query& q) { return model.classify(q.x, q.y); }, queries);
  for (const auto& label : labels)
    std::printf("%s\n", label.c_str());

  pool.close();
  pool.join();
  int sum = 0;
  for (const auto& count : asked.get()) {
    std::printf("a worker was asked %d times\n", *count);
    sum += *count;
  }
  std::remove(path.c_str());
  return labels == std::vector<std::string>{"west", "east", "north", "south"} && sum == 4 ? 0 : 1;
}
