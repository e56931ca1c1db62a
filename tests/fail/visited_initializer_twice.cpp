// One class in two arguments is one error.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive(file_); }

private:
  FAULT(std::FILE*, int) file_ = {};
};
void initialize(const Plan&, const Plan&);

void call(const Plan& plan) {
  crosspool::spawn_pool pool(2, initialize, plan, plan); // here
}
// expect: initializer_argument<1>, Plan, path<visited_by<Plan>>, os_handle<
// expect: Send a name and open it in the worker
