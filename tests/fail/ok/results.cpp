// What is returned by reference travels as a value.
#include <crosspool/crosspool.hpp>

#include <cereal/types/deque.hpp>
#include <cereal/types/queue.hpp>

#include <deque>
#include <queue>

const std::string& reference_to(const std::string&);
std::string&& moved(std::string&&);
const int constant(int);
std::vector<std::pair<int, std::string>> many(int);
bool flag(int);
// Says that it could be copied, and cannot be moved without the risk of an error.
std::deque<std::unique_ptr<int>> owned(int);
std::queue<std::unique_ptr<int>> queue_of_owned(int);
struct Holds {
  std::deque<std::unique_ptr<int>> owned;
};
Holds holds(int);

void call(crosspool::fork_pool& pool, std::vector<std::string> names, std::vector<int> numbers) {
  std::vector<std::string> a = pool.map(reference_to, names);
  std::vector<std::string> b = pool.map(moved, names);
  std::vector<int> c = pool.map(constant, numbers);
  std::vector<std::vector<std::pair<int, std::string>>> d = pool.map(many, numbers);
  std::vector<bool> e = pool.map(flag, numbers);
}

template <class Pool, class F> void call_each(Pool& pool, F f, const std::vector<int>& numbers) {
  using R = decltype(f(1));
  R a = pool.apply(f, 1);
  std::vector<R> b = pool.map(f, numbers);
  std::vector<R> c = pool.map_async(f, numbers).get();
  std::vector<crosspool::outcome<R>> d = pool.try_map(f, numbers);
  for (R& each : pool.imap(f, numbers))
    a = std::move(each);
  b.at(0) = pool.apply_async(f, 1).get();
  std::vector<crosspool::future<R>> futures;
  std::vector<R> e = crosspool::when_all(std::move(futures)).get();
}
void call(crosspool::fork_pool& processes, crosspool::thread_pool& threads, const std::vector<int>& numbers) {
  call_each(processes, owned, numbers);
  call_each(processes, queue_of_owned, numbers);
  call_each(processes, holds, numbers);
  call_each(threads, owned, numbers);
  call_each(threads, queue_of_owned, numbers);
  call_each(threads, holds, numbers);
}
