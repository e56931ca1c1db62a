#include <crosspool/crosspool.hpp>

#include "fault.hpp"

class Answer {
public:
  explicit Answer(int number FAULT(, = 0)) : number_(number) {}
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_;
};
std::map<std::string, Answer> run(int);

void call(crosspool::fork_pool& pool, std::vector<int> numbers) {
  auto answers = pool.map(run, numbers); // here
}
// expect: result, std::map<std::
// expect: path<each_mapped_value>, not_default_constructible<Answer>
// expect: Give it a default constructor
