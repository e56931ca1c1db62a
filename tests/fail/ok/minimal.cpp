#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> int save_minimal(const Archive&) const { return number_; }
  template <class Archive> void load_minimal(const Archive&, const int& number) { number_ = number; }

private:
  int number_ = 0;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
