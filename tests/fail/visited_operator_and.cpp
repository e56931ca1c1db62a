#include <crosspool/crosspool.hpp>

#include <fstream>

#include "fault.hpp"

class Plan {
public:
  template <class Archive> void serialize(Archive& archive) { archive & name_ & file_ & number_; }

private:
  std::string name_;
  FAULT(std::ofstream, int) file_;
  int number_ = 0;
};
int run(const std::unique_ptr<Plan>&);

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<Plan>> plans) {
  pool.map(run, std::move(plans)); // here
}
// expect: map_argument<1>, std::unique_ptr<Plan
// expect: path<pointee, visited_by<Plan>>, os_handle<std::ofstream
// expect: Send a name and open it in the worker
