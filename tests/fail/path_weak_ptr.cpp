#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Node {
  std::weak_ptr<FAULT(std::FILE*, int)> file;
};
int run(const std::weak_ptr<Node>&);

void call(crosspool::fork_pool& pool, std::vector<std::weak_ptr<Node>> nodes) {
  pool.map(run, nodes); // here
}
// expect: map_argument<1>, std::weak_ptr<Node
// expect: path<pointee, member<"file">, pointee>, os_handle<
// expect: Send a name and open it in the worker
