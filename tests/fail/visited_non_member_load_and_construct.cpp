#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  explicit Plan(int number) : number_(number) {}
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
template <> struct cereal::LoadAndConstruct<Plan> {
  template <class Archive> static void load_and_construct(Archive& archive, cereal::construct<Plan>& construct) {
    FAULT(std::string_view, std::string) name;
    archive(name);
    construct(0);
  }
};
int run(const std::shared_ptr<Plan>&);

void call(crosspool::fork_pool& pool, std::vector<std::shared_ptr<Plan>> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, std::shared_ptr<Plan
// expect: path<pointee, visited_by<Plan>>, view<std::string_view
// expect: Send std::string for std::string_view
