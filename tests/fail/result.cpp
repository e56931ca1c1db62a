#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Answer {
  int size;
  FAULT(const char*, std::string) text;
};
Answer run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  std::vector<Answer> answers = pool.map(run, numbers); // here
}
// expect: can_cross<result, Answer, path<member<"text">>, raw_pointer<const char*>
// expect: a raw pointer means nothing in another process
