#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> std::string save_minimal(const Archive&, std::uint32_t) const { return name_; }
  template <class Archive> void load_minimal(const Archive&, const std::string& name, std::uint32_t) { name_ = name; }

private:
  std::string name_;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
