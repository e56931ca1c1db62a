#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> void save(Archive& archive, std::uint32_t) const { archive << number_; }
  template <class Archive> void load(Archive& archive, std::uint32_t) { archive >> number_; }

private:
  int number_ = 0;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
