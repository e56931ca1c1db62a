#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(number_, name_); }

private:
  int number_ = 0;
  std::string name_;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
