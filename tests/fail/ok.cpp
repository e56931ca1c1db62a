// What must compile: types that cross and calls of them, with processes and, for what those refuse, with threads.
#include <crosspool/crosspool.hpp>

#include <cereal/types/bitset.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/forward_list.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/valarray.hpp>

#include <any>
#include <condition_variable>
#include <fstream>
#include <functional>
#include <future>
#include <mutex>
#include <ranges>
#include <span>
#include <string_view>
#include <thread>

// ---- types that cross ----

enum class color : unsigned char { red, green };
struct empty {};
struct point {
  double x, y;
};
struct nested {
  std::vector<point> points;
  std::map<std::string, std::optional<point>> named;
  int table[2][3];
  color c = color::red;
};
struct tree {
  std::vector<tree> branches;
  std::unique_ptr<tree> twin;
};
template <class T> struct box {
  T content;
};
class hidden {
public:
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
class split {
public:
  template <class Archive> void save(Archive& archive) const { archive(number_); }
  template <class Archive> void load(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
class minimal {
public:
  template <class Archive> int save_minimal(const Archive&) const { return number_; }
  template <class Archive> void load_minimal(const Archive&, const int& number) { number_ = number; }

private:
  int number_ = 0;
};
class versioned {
public:
  template <class Archive> void serialize(Archive& archive, std::uint32_t) { archive(number_); }

private:
  int number_ = 0;
};
struct outside {
  explicit outside(int) {}
  outside() = default;
  int number = 0;
};
template <class Archive> void serialize(Archive& archive, outside& o) {
  archive(o.number);
}
class befriended {
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(CEREAL_NVP(number_)); }
  int number_ = 0;
};
struct derived : point {
  template <class Archive> void serialize(Archive& archive) { archive(x, y, name); }
  std::string name;
};

template <class T> constexpr bool crosses_to_all = crosspool::crossable<T> &&
                                                   crosspool::crossable_to<T, crosspool::thread> &&
                                                   crosspool::crossable_to<T, crosspool::fork> &&
                                                   crosspool::crossable_to<T, crosspool::spawn>;
template <class... T> constexpr bool all_cross = (crosses_to_all<T> && ...);

static_assert(all_cross<bool, char, wchar_t, signed char, short, int, long, long long, unsigned long, float, double,
                        long double, char16_t, std::byte, std::size_t, color, int[3], point[2][2], const int>);
static_assert(all_cross<std::string, std::wstring, std::vector<int>, std::vector<bool>, std::vector<std::string>,
                        std::array<int, 3>, std::pair<int, std::string>, std::tuple<>, std::tuple<int, point, double>,
                        std::optional<int>, std::variant<int, std::string>, std::monostate, std::map<int, std::string>,
                        std::multimap<int, int>, std::unique_ptr<int>, std::shared_ptr<point>, std::weak_ptr<int>>);
static_assert(all_cross<std::deque<int>, std::list<point>, std::forward_list<int>, std::set<int>, std::multiset<int>,
                        std::unordered_map<int, point>, std::unordered_set<int>, std::queue<int>, std::stack<int>,
                        std::priority_queue<int>, std::bitset<9>, std::complex<double>, std::valarray<double>,
                        std::chrono::milliseconds, std::chrono::system_clock::time_point>);
static_assert(all_cross<empty, point, nested, tree, box<int>, box<box<nested>>, hidden, split, minimal, versioned,
                        outside, befriended, derived, std::vector<hidden>, std::map<int, std::vector<derived>>>);

// ---- calls with processes ----

int by_value(int);
int by_const_reference(const nested&);
int by_rvalue(std::string&&);
void nothing(point) noexcept;
const std::string& reference_to(const std::string&);
std::unique_ptr<tree> grow(std::unique_ptr<tree>);
struct scale {
  double factor;
  double operator()(double x) const { return factor * x; }
  std::string operator()(const std::string& x) const { return x; }
};
struct methods {
  int number;
  int get() const { return number; }
};
void initialize(int&, const std::string&);
void inherit(std::FILE*, std::mutex&);

template <class Pool> void call_processes(Pool& pool) {
  std::vector<int> numbers{1, 2, 3};
  std::vector<std::string> names{"one", "two"};
  int raw[2] = {1, 2};
  std::vector<int> a = pool.map(by_value, numbers);
  std::vector<int> b = pool.map(&by_value, raw);
  std::vector<int> c = pool.map(by_const_reference, std::vector<nested>(2));
  std::vector<int> d = pool.map(by_rvalue, std::vector<std::string>(2));
  pool.map(nothing, std::vector<point>(2));
  std::vector<std::string> e = pool.map(reference_to, names);
  std::vector<std::unique_ptr<tree>> f = pool.map(grow, std::vector<std::unique_ptr<tree>>(2));
  std::vector<double> g = pool.map(scale{2}, std::vector<double>(2));
  std::vector<std::string> h = pool.map(scale{2}, names);
  std::vector<int> i = pool.map([](int x) { return x; }, std::views::iota(0, 9));
  std::vector<int> j = pool.map([](const auto& x, auto y) { return static_cast<int>(x.size()) + y; }, names, numbers);
  std::vector<int> k = pool.map(crosspool::bind([](int state, int x) { return state + x; }, 2), numbers);
  std::vector<int> l = pool.map(crosspool::bind(crosspool::bind(std::plus<>()), 2), numbers);
  std::vector<int> m = pool.map(std::plus<>(), numbers, numbers);
  std::vector<int> n = pool.map(by_value, {1, 2, 3});
  std::vector<int> o = pool.starmap(std::plus<>(), std::vector<std::pair<int, int>>{{1, 2}});
  std::vector<int> p = pool.starmap(std::plus<>(), std::vector<std::array<int, 2>>{{1, 2}});
  std::vector<int> q = pool.starmap(std::plus<>(), std::map<int, int>{{1, 2}});
  int r = pool.apply(by_value, 1);
  std::string s = pool.apply([](const std::string& x, int) { return x; }, "literal", 2L);
  pool.apply([] {});
  crosspool::future<int> t = pool.apply_async(by_value, 1);
  crosspool::future<std::vector<int>> u = pool.map_async(by_value, numbers);
  pool.map_async(nothing, std::vector<point>(2)).get();
  std::vector<int> v = pool.with({.chunksize = 2}).map(by_value, numbers);
  std::vector<int> w = pool.map(by_value, numbers | std::views::transform([&](int x) { return x + raw[0]; }));
}

void call() {
  crosspool::fork_pool forked(2);
  crosspool::spawn_pool spawned({.workers = 2}, initialize, 1, "text");
  call_processes(forked);
  call_processes(spawned);

  std::mutex guard;
  std::FILE* file = nullptr;
  crosspool::fork_pool inherits(2, inherit, file, std::ref(guard));
  crosspool::fork_pool captures(2, [&guard, file](int*) { static_cast<void>(file); }, static_cast<int*>(nullptr));
}

// ---- calls with threads: nothing is refused ----

void call_threads() {
  crosspool::thread_pool pool(2);
  call_processes(pool);

  int sum = 0;
  std::mutex guard;
  std::condition_variable changed;
  std::vector<int> numbers{1, 2, 3};
  std::vector<int*> pointers{&sum};
  std::vector<std::string_view> views{"view"};
  std::vector<std::span<int>> spans{numbers};
  std::vector<std::vector<int>::iterator> iterators{numbers.begin()};
  std::vector<std::reference_wrapper<int>> references{sum};
  std::vector<std::function<int()>> functions;
  std::vector<std::any> values;
  std::vector<std::FILE*> files;
  std::vector<std::ifstream> streams(1);
  std::vector<std::unique_ptr<std::mutex>> guards(1);
  std::vector<std::promise<int>> promises(1);
  pool.map([&](int x) { sum += x; }, numbers);
  pool.map([](int& x) { ++x; }, numbers);
  pool.map([](int* x) { return x; }, pointers);
  pool.map([](std::string_view x) { return x; }, views);
  pool.map([](std::span<int> x) { return x; }, spans);
  pool.map([](auto x) { return x; }, iterators);
  pool.map([](int& x) { return std::ref(x); }, references);
  pool.map([](const std::function<int()>& x) { return x; }, functions);
  pool.map([](std::any& x) { return x; }, values);
  pool.map([](std::FILE* x) { return x; }, files);
  pool.map([](std::ifstream& x) { return std::move(x); }, streams);
  pool.map([](const std::unique_ptr<std::mutex>& x) { return x.get(); }, guards);
  pool.map([](std::promise<int>& x) { return x.get_future(); }, promises);
  pool.map(std::function<int(int)>([](int x) { return x; }), numbers);
  pool.apply([&] { changed.notify_all(); });
  pool.apply([](std::mutex& m) { m.lock(); }, guard);
  pool.apply_async([&guard](int* x) { return x; }, &sum).get();
  crosspool::thread_pool with_initializer(2, [&guard](std::FILE*, std::mutex&) { guard.lock(); }, files[0], guard);
  pool.apply([](crosspool::thread_pool& other) { return other.workers(); }, with_initializer);
}
