#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(cereal::binary_data(bytes_, sizeof bytes_)); }

private:
  unsigned char bytes_[64] = {};
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
