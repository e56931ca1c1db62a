#include <crosspool/crosspool.hpp>

class Plan {
public:
  explicit Plan(int number) : number(number) {}
  int number;
};
template <class Archive> void serialize(Archive& archive, Plan& plan) {
  archive(plan.number);
}
template <> struct cereal::LoadAndConstruct<Plan> {
  template <class Archive>
  static void load_and_construct(Archive& archive, cereal::construct<Plan>& construct, std::uint32_t) {
    int number = 0;
    archive(number);
    construct(number);
  }
};
int run(std::shared_ptr<Plan>);

void call(crosspool::fork_pool& pool, std::vector<std::shared_ptr<Plan>> plans) {
  std::vector<int> results = pool.map(run, plans);
}
