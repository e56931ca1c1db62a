#include <crosspool/crosspool.hpp>

#include <any>

#include "fault.hpp"

struct Answer {
  std::vector<FAULT(std::any, int)> values;
};
Answer run(int);

void call(crosspool::spawn_pool& pool, std::vector<int> numbers) {
  auto answers = pool.map_async(run, numbers); // here
}
// expect: result, Answer, path<member<"values">, each_element>, type_erased<std::any>
// expect: std::variant for std::any
