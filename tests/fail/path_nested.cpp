// Five levels down.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Leaf {
  int a, b;
  FAULT(void*, int) secret;
};
struct Twig {
  Leaf leaves[2];
};
struct Branch {
  std::map<std::string, Twig> twigs;
};
struct Tree {
  std::string name;
  std::optional<Branch> branch;
};
int run(const Tree&);

void call(crosspool::fork_pool& pool, std::vector<Tree> trees) {
  pool.map(run, trees); // here
}
// expect: map_argument<1>, Tree, path<member<"branch">, each_element, member<"twigs">, each_mapped_value
// expect: member<"leaves">, each_element, member<"secret">>, raw_pointer<void*>
