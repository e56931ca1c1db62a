// Functions for this library's archives only, not templates.
#include <crosspool/crosspool.hpp>

class Plan {
public:
  void save(crosspool::output_archive& archive) const { archive(number_); }
  void load(crosspool::input_archive& archive) { archive(number_); }

private:
  int number_ = 0;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
