#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(name_); }

private:
  FAULT(char*, char) name_ = {};
};
std::optional<Plan> run(int);

void call(crosspool::fork_pool& pool) {
  auto plan = pool.apply_async(run, 1); // here
}
// expect: result, std::optional<Plan>, path<each_element, visited_by<Plan>>, raw_pointer<char*>
// expect: a raw pointer means nothing in another process
