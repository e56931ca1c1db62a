// Coroutines that wait for calls without a thread that does: each is written as if it had the program to itself, and
// many are under way at once. What they return is yours to choose, or your framework's: here, the least that will do.
#include <crosspool/crosspool.hpp>

#include <coroutine>
#include <cstdio>
#include <exception>
#include <future>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// A coroutine that begins at once and whose value somebody waits for.
template <class T> struct task {
  struct promise_type {
    std::promise<T> result;
    task get_return_object() { return {result.get_future()}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(T value) { result.set_value(std::move(value)); }
    void unhandled_exception() { result.set_exception(std::current_exception()); }
  };
  std::future<T> result;
};

// What the worker processes do.
std::string fetch(int page) {
  if (page == 3)
    throw std::runtime_error("page 3 cannot be read");
  return std::string(static_cast<std::size_t>(page + 1), 'x');
}
int count(const std::string& text) {
  return static_cast<int>(text.size());
}

// Two calls, one after the other; the first may fail.
task<int> length_of(crosspool::fork_pool& pool, int page) {
  std::string text;
  try {
    text = co_await pool.apply_async(fetch, page);
  } catch (const std::runtime_error& e) {
    std::printf("%s\n", e.what());
    co_return 0;
  }
  co_return co_await pool.apply_async(count, text);
}

// Two calls at the same time.
task<int> length_of_both(crosspool::fork_pool& pool) {
  auto [a, b] = co_await crosspool::when_all(pool.apply_async(fetch, 10), pool.apply_async(fetch, 20));
  co_return co_await pool.apply_async(count, a + b);
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  crosspool::fork_pool pool{2};

  std::vector<task<int>> tasks;
  tasks.reserve(10);
  for (int page = 0; page < 10; ++page)
    tasks.push_back(length_of(pool, page));
  auto both = length_of_both(pool);

  int sum = 0;
  for (auto& each : tasks)
    sum += each.result.get();
  const int of_both = both.result.get();
  std::printf("%d characters, and %d\n", sum, of_both);
  return sum == 51 && of_both == 32 ? 0 : 1;
}
