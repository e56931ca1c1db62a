#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>

struct Base {
  int number = 0;
};
class Named : public virtual Base {
public:
  template <class Archive> void serialize(Archive& archive) { archive(cereal::virtual_base_class<Base>(this), name_); }

private:
  std::string name_;
};
class Plan : public Named, public virtual Base {
public:
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::virtual_base_class<Base>(this), cereal::base_class<Named>(this), weight_);
  }

private:
  double weight_ = 0;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
