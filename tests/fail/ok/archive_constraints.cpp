#include <crosspool/crosspool.hpp>

template <class T>
concept saves = requires { requires T::is_saving::value; };
template <class T>
concept loads = requires { requires T::is_loading::value; };

class Plan {
public:
  template <saves Archive> void save(Archive& archive) const { archive(number_); }
  template <class Archive>
    requires loads<Archive>
  void load(Archive& archive) {
    archive(number_);
  }

private:
  int number_ = 0;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
