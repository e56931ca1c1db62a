#include <crosspool/crosspool.hpp>

class Plan {
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(CEREAL_NVP(number_), CEREAL_NVP(name_)); }
  int number_ = 0;
  std::string name_;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
