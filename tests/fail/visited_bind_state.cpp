#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(name_); }

private:
  FAULT(char*, char) name_ = {};
};
int run(const Plan&, int);

void call(crosspool::fork_pool& pool, const Plan& plan, std::vector<int> numbers) {
  pool.map(crosspool::bind(run, plan), numbers); // here
}
// expect: function_state, Plan, path<visited_by<Plan>>, raw_pointer<char*>
// expect: a raw pointer means nothing in another process
