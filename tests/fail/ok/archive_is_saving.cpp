// A function that asks the archive what it does.
#include <crosspool/crosspool.hpp>

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) {
    archive(number_);
    if constexpr (Archive::is_saving::value)
      archive(number_ * 2);
    else if constexpr (Archive::is_loading::value) {
      int twice = 0;
      archive(twice);
    }
  }

private:
  int number_ = 0;
};

Plan run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  std::vector<Plan> results = pool.map(run, plans);
  Plan last = pool.apply(run, plans[0]);
}
