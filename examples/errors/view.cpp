// A string_view owns nothing: what it refers to stays behind. The function may take one; what is sent must own.
#include <crosspool/crosspool.hpp>

#include <string>
#include <string_view>
#include <vector>

std::size_t length(std::string_view text) {
  return text.size();
}

int main() {
#ifndef REPAIRED
  const std::vector<std::string_view> words{"one", "three"};
#else
  const std::vector<std::string> words{"one", "three"};
#endif
  crosspool::fork_pool pool(2);
  return pool.map(length, words)[1] == 5 ? 0 : 1; // here
}
// expect: map_argument<1>, std::string_view, path<>, view<std::string_view>
// expect: Send std::string for std::string_view
