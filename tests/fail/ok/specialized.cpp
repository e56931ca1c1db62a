// Both forms, one inherited: cereal is told which.
#include <crosspool/crosspool.hpp>

class Base {
public:
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
class Plan : public Base {
public:
  template <class Archive> void save(Archive& archive) const { archive(name_); }
  template <class Archive> void load(Archive& archive) { archive(name_); }

private:
  std::string name_;
};
CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Plan, cereal::specialization::member_load_save)

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
