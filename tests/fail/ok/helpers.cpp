// What is put into the archive by others for the class.
#include <crosspool/crosspool.hpp>

template <class Archive, class T> void each(Archive& archive, T& values) {
  for (auto& value : values)
    archive(value);
}
class Plan {
public:
  template <class Archive> void serialize(Archive& archive) {
    each(archive, numbers_);
    [&](auto&... names) { (archive(names), ...); }(first_, last_);
  }

private:
  int numbers_[3] = {};
  std::string first_, last_;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
