// Where mappable says yes, the call compiles; where it says no, if constexpr can pick another way. And what can be
// called, a requires-expression says as well, before anything crosses.
#include <crosspool/crosspool.hpp>

#include <cereal/types/atomic.hpp>

#include <any>
#include <atomic>
#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

using crosspool::mappable;
using crosspool::thread;
using by_fork_policy = crosspool::fork; // ::fork is the system's

// A row: a function and one element's type, whether each pool can map the one over a vector of the other, and whether
// that can be called at all.
template <class P, class F, class T> consteval bool maps() {
  if constexpr (mappable<P, F, T>)
    static_cast<void>([](crosspool::pool<P>& pool, F& f, std::vector<std::remove_reference_t<T>>& xs) {
      if constexpr (std::is_reference_v<T> || P::arguments != crosspool::crossing::shared)
        pool.map(f, xs);
      else
        pool.map(f, std::move(xs));
    });
  return mappable<P, F, T>;
}
template <class P, class F, class Range>
concept can_be_called = requires(crosspool::pool<P>& pool, F& f, Range range) {
  pool.map(f, static_cast<Range&&>(range));
  pool.try_map(f, static_cast<Range&&>(range));
  pool.map_async(f, static_cast<Range&&>(range));
  pool.imap(f, static_cast<Range&&>(range));
  pool.imap_unordered(f, static_cast<Range&&>(range));
};
template <class P, class F, class T>
concept can_be_applied = requires(crosspool::pool<P>& pool, F& f, T x) {
  pool.apply(f, static_cast<T&&>(x));
  pool.apply_async(f, static_cast<T&&>(x));
};

template <class F, class T, bool by_fork, bool by_thread, bool called = by_fork> struct row {
  static_assert(maps<by_fork_policy, F, T>() == by_fork);
  static_assert(maps<thread, F, T>() == by_thread);
  static_assert(can_be_called<by_fork_policy, F, std::vector<T>> == called);
  static_assert(can_be_applied<by_fork_policy, F, T> == called);
};
constexpr bool no = false, yes = true;

struct Point {
  int x = 0;
  [[nodiscard]] int get() const { return x; }
  int set(int) { return x; }
};
struct Counting {
  std::atomic<int> n{0};
};
struct Locked {
  std::mutex mutex;
  template <class Archive> void serialize(Archive&) {}
};
class Closed {
public:
  explicit Closed(int x) : x_(x) {}
  [[nodiscard]] int get() const { return x_; }

private:
  int x_;
};
struct Square {
  int operator()(int x) const { return x * x; }
};
struct Sum {
  int total = 0;
  int operator()(int x) { return total += x; }
};
struct OnlyOnce {
  int operator()(int x) && { return x; }
};
struct Either {
  int operator()(int x) const { return x; }
  double operator()(double x) const { return x; }
};
struct Holding {
  int* at = nullptr;
  int operator()(int x) const { return x; }
};

constexpr auto captureless = [](int x) { return x; };
using captureless_lambda = std::remove_const_t<decltype(captureless)>;
constexpr auto generic = [](auto x) { return x; };
using generic_lambda = std::remove_const_t<decltype(generic)>;
constexpr auto of_numbers = [](std::integral auto x) { return x; };
using of_numbers_lambda = std::remove_const_t<decltype(of_numbers)>;
constexpr auto capturing = [n = 1](int x) { return x + n; };
using capturing_lambda = std::remove_const_t<decltype(capturing)>;

// functions
template struct row<int(int), int, yes, yes>;
template struct row<int (*)(int), int, yes, yes>;
template struct row<int (*)(int) noexcept, int, yes, yes>;
template struct row<int (&)(int), int, yes, yes>;
template struct row<int (*const)(int), int, yes, yes>;
template struct row<int (Point::*)() const, Point, yes, yes>;
template struct row<int Point::*, Point, yes, yes>;
template struct row<int (Point::*)(int), Point, no, no>;
template struct row<Square, int, yes, yes>;
template struct row<const Square, int, yes, yes>;
template struct row<Sum, int, yes, yes>;
template struct row<OnlyOnce, int, no, no>;
template struct row<Either, int, yes, yes>;
template struct row<Holding, int, no, yes, yes>;
template struct row<std::plus<>, int, no, no>;
template struct row<std::negate<>, int, yes, yes>;
template struct row<std::function<int(int)>, int, no, yes, yes>;
template struct row<decltype(std::bind(std::plus<>(), 1, std::placeholders::_1)), int, no, yes, yes>;
template struct row<decltype(std::mem_fn(&Point::get)), Point, no, yes, yes>;
template struct row<crosspool::bound<int (*)(double, int), double>, int, yes, yes>;
template struct row<crosspool::bound<int (*)(double, int), double>, std::string, no, no>;
template struct row<crosspool::bound<int (*)(int*, int), int*>, int, no, yes, yes>;
template struct row<captureless_lambda, int, yes, yes>;
template struct row<generic_lambda, int, yes, yes>;
template struct row<of_numbers_lambda, std::string, no, no>;
template struct row<capturing_lambda, int, no, yes, yes>;
// arguments
template struct row<double (*)(double), int, yes, yes>;
template struct row<int (*)(int), std::string, no, no>;
template struct row<int (*)(int, int), int, no, no>;
template struct row<int (*)(), int, no, no>;
template struct row<int (*)(int&), int, no, no>;
template struct row<int (*)(const std::string&), std::string, yes, yes>;
template struct row<int (*)(std::string&&), std::string, yes, yes>;
template struct row<int (*)(std::string_view), std::string, yes, yes>;
template struct row<int (*)(std::string_view), std::string_view, no, yes, yes>;
template struct row<int (*)(const char*), std::string, no, no>;
template struct row<int (*)(int*), int*, no, yes, yes>;
template struct row<int (*)(std::unique_ptr<int>), std::unique_ptr<int>, yes, yes>;
template struct row<int (*)(const std::any&), std::any, no, yes, yes>;
template struct row<int (*)(const Closed&), Closed, no, yes, yes>;
template struct row<int (*)(const Counting&), Counting, no, yes, yes>;
template struct row<int (*)(const Locked&), Locked, no, yes, yes>;
template struct row<int (*)(const std::pair<const int, int>&), std::pair<const int, int>, yes, yes>;
template struct row<int (*)(std::pair<const int, int>&&), std::pair<const int, int>, yes, yes>;
// results
template struct row<void (*)(int), int, yes, yes>;
template struct row<const int& (*)(const int&), int, yes, yes>;
template struct row<std::string (*)(int), int, yes, yes>;
template struct row<std::unique_ptr<int> (*)(int), int, yes, yes>;
template struct row<int* (*)(int), int, no, yes, yes>;
template struct row<std::string_view (*)(int), int, no, yes, yes>;
template struct row<Closed (*)(int), int, no, yes, yes>;
template struct row<Counting (*)(int), int, no, no, yes>;
template struct row<std::mutex& (*)(int), int, no, no, yes>;
template struct row<std::unique_ptr<int>& (*)(int), int, no, no, yes>;
template struct row<std::optional<std::map<int, std::string>> (*)(int), int, yes, yes>;

// Threads get what the ranges refer to.
static_assert(maps<thread, int (*)(int&), int&>() && !maps<thread, int (*)(int&), const int&>());
static_assert(can_be_called<thread, int (*)(const int&), std::vector<int>&>);
static_assert(!can_be_called<thread, int (*)(int&), const std::vector<int>&>);

// What is no range, or too few of them.
template <class F, class... Args>
concept can_map = requires(crosspool::fork_pool& pool, F& f, Args... args) { pool.map(f, args...); };
static_assert(!can_map<int(int)> && !can_map<int(int), int> && can_map<int(int), std::vector<int>>);
static_assert(can_map<int(int, int), std::vector<int>, std::vector<int>>);
static_assert(!can_map<int(int), std::vector<int>, std::vector<int>>);
template <class F, class Rows>
concept can_starmap = requires(crosspool::fork_pool& pool, F& f, Rows rows) { pool.starmap(f, rows); };
static_assert(can_starmap<int(int, int), std::vector<std::pair<int, int>>>);
static_assert(can_starmap<int(int, int), std::map<int, int>>);
static_assert(!can_starmap<int(int), std::vector<std::pair<int, int>>> && !can_starmap<int(int), std::vector<int>>);
template <class F>
concept can_map_reduce = requires(crosspool::fork_pool& pool, F& f, std::vector<int> xs) {
  pool.map_reduce(f, xs, std::plus<>(), 0);
};
static_assert(can_map_reduce<int(int)> && !can_map_reduce<int(std::string)>);

// With the workers' state, too.
struct Model {};
template <class F>
concept takes_model = requires(crosspool::pool<by_fork_policy, Model>& pool, F& f, std::vector<int> xs) {
  pool.map(f, xs);
};
static_assert(takes_model<int(Model&, int)> && takes_model<int(int)> && takes_model<int(const Model&, int)>);
static_assert(!takes_model<int(Point&, int)> && !takes_model<int(Model*, int)> && !takes_model<int(Model&)>);
