// Of two forms, the one that cereal is told to take.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Base {
public:
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
class Plan : public Base {
public:
  template <class Archive> void save(Archive& archive) const { archive(file_); }
  template <class Archive> void load(Archive& archive) { archive(file_); }

private:
  FAULT(std::FILE*, int) file_ = {};
};
CEREAL_SPECIALIZE_FOR_ALL_ARCHIVES(Plan, cereal::specialization::member_load_save)
int run(const Plan&);

void call(crosspool::fork_pool& pool, std::vector<Plan> plans) {
  pool.map(run, plans); // here
}
// expect: map_argument<1>, Plan, path<visited_by<Plan>>, os_handle<
// expect: Send a name and open it in the worker
