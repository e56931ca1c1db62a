// A worker's state need not cross anywhere.
#include <crosspool/crosspool.hpp>

#include <mutex>

struct State {
  std::mutex guard;
  const char* where;
};

void call(std::vector<int> numbers) {
  crosspool::pool pool{crosspool::spawn{}, 4, [] { return State{{}, "here"}; }};
  pool.map([](State& state, int x) { return state.where[x]; }, numbers);
}
