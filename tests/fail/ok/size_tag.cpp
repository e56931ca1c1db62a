#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> void save(Archive& archive) const {
    archive(cereal::make_size_tag(static_cast<cereal::size_type>(rows_.size())));
    for (const auto& row : rows_)
      archive(row);
  }
  template <class Archive> void load(Archive& archive) {
    cereal::size_type size = 0;
    archive(cereal::make_size_tag(size));
    rows_.resize(size);
    for (auto& row : rows_)
      archive(row);
  }

private:
  std::vector<std::string> rows_;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
