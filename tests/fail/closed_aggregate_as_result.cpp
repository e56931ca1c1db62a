#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Base {
  int number;
};
struct Answer FAULT( : Base, ) {
  std::string text;
};
Answer run(int);

void call(crosspool::spawn_pool& pool) {
  auto answer = pool.apply_async(run, 1); // here
}
// expect: result, Answer, path<>, aggregate_that_cannot_be_opened<Answer>
// expect: it has a base class
