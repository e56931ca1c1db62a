// In the function of a base class.
#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>

#include "fault.hpp"

class Base {
public:
  template <class Archive> void serialize(Archive& archive) { archive(file_); }

private:
  FAULT(std::FILE*, int) file_ = {};
};
class Plan : public Base {
public:
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Base>(this), name_); }

private:
  std::string name_;
};
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Base>>, os_handle<
// expect: Send a name and open it in the worker
// at most 16 lines with GNU: a class stands between
