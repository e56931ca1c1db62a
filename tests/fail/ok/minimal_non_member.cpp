#include <crosspool/crosspool.hpp>

struct Plan {
  Plan() {}
  double number = 0;
};
template <class Archive> double save_minimal(const Archive&, const Plan& plan) {
  return plan.number;
}
template <class Archive> void load_minimal(const Archive&, Plan& plan, const double& number) {
  plan.number = number;
}

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
