#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::defer(part_));
    archive.serializeDeferments();
  }

private:
  std::shared_ptr<int> part_;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
