// A base class's function, and both in the state of the function.
#include <crosspool/crosspool.hpp>

#include <cereal/types/base_class.hpp>

#include <any>

#include "fault.hpp"

struct Base {
  int number = 0;
  FAULT(std::any, int) rest;
};
class Plan : public Base {
public:
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<Base>(this), name_); }
  int operator()(int x) const { return x; }

private:
  std::string name_;
};

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  pool.map(Plan(), numbers); // here
}
// expect: function_state, Plan, path<visited_by<Plan>, archived<Base>, member<"rest">>, type_erased<std::any>
// expect: Pass the function object itself
