// A pool of two workers from start to end, and the yardsticks, which are in the same program because its size counts.
// All again with 1 GiB touched, in pages as the system gives them: nothing is advised.
#include <crosspool/crosspool.hpp>

#include <string_view>

#include "../harness.hpp"
#include "raw.hpp"

namespace {

std::vector<char>& ballast() {
  static std::vector<char> memory;
  return memory;
}

template <class F> void add(std::string_view contestant, bool touched, F start_and_stop) {
  bench::add(contestant, touched ? "1 GiB touched" : "small program", [=](benchmark::State& state) {
    if (touched && ballast().empty())
      ballast().resize(std::size_t{1} << 30, 1);
    const double time = bench::measure(state, [&] { return start_and_stop(); }, [](bool right) { return right; });
    state.counters["ms"] = time * 1e3;
  });
}

template <class Policy> bool pool() {
  const crosspool::pool<Policy> pool{bench::workers};
  return pool.workers() == bench::workers;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == raw::exit_at_once)
    return 0;
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  for (const bool touched : {false, true}) {
    add("crosspool thread", touched, pool<crosspool::thread>);
    add("crosspool fork", touched, pool<crosspool::fork>);
    add("crosspool spawn", touched, pool<crosspool::spawn>);
    add("raw, three forks", touched, [] { return raw::three_forks(), true; });
    add("raw, two posix_spawns", touched, [] { return raw::two_spawns(), true; });
  }
  return bench::run();
}
