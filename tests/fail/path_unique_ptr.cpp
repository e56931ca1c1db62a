#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Node {
  int value;
  FAULT(Node*, int) parent;
};
int run(const std::unique_ptr<Node>&);

void call(crosspool::fork_pool& pool, std::vector<std::unique_ptr<Node>> nodes) {
  pool.map(run, std::move(nodes)); // here
}
// expect: map_argument<1>, std::unique_ptr<Node
// expect: path<pointee, member<"parent">>, raw_pointer<Node*>
