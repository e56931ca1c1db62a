#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct L1 {
  FAULT(std::FILE*, int) handle;
};
struct L2 {
  std::vector<L1> a;
};
struct L3 {
  std::optional<L2> b;
};
struct L4 {
  std::map<int, L3> c;
};
struct L5 {
  std::tuple<int, L4> d;
};
struct L6 {
  std::shared_ptr<L5> e;
};
struct Job {
  std::variant<int, L6> f;
};
int run(const Job&);

void call(crosspool::fork_pool& pool, std::vector<Job> jobs) {
  pool.map(run, jobs); // here
}
// expect: map_argument<1>, Job, path<member<"f">, alternative<1>, member<"e">, pointee, member<"d">, tuple_element<1>
// expect: member<"c">, each_mapped_value, member<"b">, each_element, member<"a">, each_element
// expect: member<"handle">>, os_handle<_IO_FILE*>
// expect: Send a name and open it in the worker
