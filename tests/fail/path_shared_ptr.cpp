#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Node {
  int value;
  std::weak_ptr<Node> parent;
  std::vector<std::shared_ptr<Node>> children;
  FAULT(char*, char) name;
};
int run(const std::shared_ptr<Node>&);

void call(crosspool::spawn_pool& pool, std::vector<std::shared_ptr<Node>> nodes) {
  pool.map(run, nodes); // here
}
// expect: map_argument<1>, std::shared_ptr<Node
// expect: path<pointee, member<"name">>, raw_pointer<char*>
