// How far is it, which worker does what, and what holds it up? A bar on the terminal while the caller waits, numbers
// afterwards, and a file that https://ui.perfetto.dev shows as a timeline.
#include <crosspool/crosspool.hpp>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

// Steps of the Collatz sequence from each of the numbers below n: the more of them, the longer it takes.
long steps_below(int n) {
  long steps = 0;
  for (long start = 1; start < n; ++start)
    for (long x = start; x != 1; x = x % 2 == 0 ? x / 2 : 3 * x + 1)
      ++steps;
  return steps;
}

double milliseconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  const auto trace = std::filesystem::temp_directory_path() /
                     ("crosspool-run-" + std::to_string(crosspool::this_worker::pid()) + ".json");

  std::vector<int> sizes(400);
  std::iota(sizes.begin(), sizes.end(), 1);
  sizes[123] = 40'000; // one of them takes long

  crosspool::fork_pool pool{3};
  pool.trace_to(trace.string());
  const auto steps = pool.with({.progress = crosspool::progress_bar()}).map(steps_below, sizes);
  pool.stop_trace(); // throws if the file could not be written

  // The same, as the program hears it.
  std::size_t done = 0;
  pool.with({.progress = [&](const crosspool::progress& p) { done = p.done; }}).map(steps_below, sizes);

  std::size_t tasks = 0;
  for (const auto& worker : pool.stats().workers) {
    std::printf("%zu tasks, %.1f ms busy, %.1f ms waiting, %zu bytes to it, %zu back\n", worker.tasks,
                milliseconds(worker.busy), milliseconds(worker.waiting), worker.bytes_sent, worker.bytes_received);
    tasks += worker.tasks;
  }
  const auto slowest = pool.stats().slowest.front();
  std::printf("the slowest: item %zu of %s, %.1f ms in worker %d\n", slowest.index, std::string(slowest.verb).c_str(),
              milliseconds(slowest.duration), slowest.worker);

  std::string first_line;
  std::getline(std::ifstream(trace) >> std::ws, first_line);
  std::printf("%s has %ju bytes\n", trace.c_str(), std::uintmax_t{std::filesystem::file_size(trace)});
  std::filesystem::remove(trace);

  const bool right = steps.size() == 400 && steps[0] == 0 && steps[5] == steps_below(6) && done == 400 &&
                     tasks == 800 && slowest.duration.count() > 0 && first_line == "[";
  return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
