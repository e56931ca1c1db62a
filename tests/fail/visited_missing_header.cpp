#include <crosspool/crosspool.hpp>

#include <deque>

#ifdef CONTROL
#include <cereal/types/deque.hpp>
#endif

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(numbers_); }

private:
  std::deque<int> numbers_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, missing_cereal_header<std::deque<int
// expect: "cereal/types/deque.hpp"
