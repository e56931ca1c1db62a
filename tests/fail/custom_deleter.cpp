#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Free {
  void operator()(int* pointer) const { std::free(pointer); }
};
struct Job {
  std::unique_ptr<int FAULT(COMMA Free, )> number;
};
int run(const Job&);

void call(crosspool::fork_pool& pool) {
  pool.apply(run, Job()); // here
}
// expect: apply_argument<1>, Job, path<member<"number">, deleter>, custom_deleter<Free>
// expect: Use std::default_delete or std::shared_ptr
