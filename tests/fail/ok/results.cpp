// What is returned by reference travels as a value.
#include <crosspool/crosspool.hpp>

const std::string& reference_to(const std::string&);
std::string&& moved(std::string&&);
const int constant(int);
std::vector<std::pair<int, std::string>> many(int);
bool flag(int);

void call(crosspool::fork_pool& pool, std::vector<std::string> names, std::vector<int> numbers) {
  std::vector<std::string> a = pool.map(reference_to, names);
  std::vector<std::string> b = pool.map(moved, names);
  std::vector<int> c = pool.map(constant, numbers);
  std::vector<std::vector<std::pair<int, std::string>>> d = pool.map(many, numbers);
  std::vector<bool> e = pool.map(flag, numbers);
}
