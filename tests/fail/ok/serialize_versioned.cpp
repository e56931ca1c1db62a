#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> void serialize(Archive& archive, const std::uint32_t version) {
    archive(number_);
    if (version > 1)
      archive(name_);
  }

private:
  int number_ = 0;
  std::string name_;
};
CEREAL_CLASS_VERSION(Plan, 2)

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
