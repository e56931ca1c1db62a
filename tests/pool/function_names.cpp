// That no function of the library's is looked for among a user's: his namespace has one of each name, and whoever finds
// it gets an error. NAME(x) of each comes from the headers (names.cmake).
#include <crosspool/crosspool.hpp>

#include <cereal/types/list.hpp>

#include <algorithm>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "catch.hpp"

namespace greedy {

template <class... A> struct found {
  static_assert(sizeof...(A) == 1000, "a function of the library's is looked for in a user's namespace");
  using type = int;
};
#define NAME(x)                                                                                                        \
  template <class... A, class = typename found<A...>::type> constexpr void x(A&&...) {}
#include "function_names.hpp"
#undef NAME

// Fits less well than ours.
template <class A, class B> constexpr void operator+(const A&, const B&) {}

struct Part {
  std::string text{};
  int number = 0;
  Part* operator&() = delete;
  const Part* operator&() const = delete;
};
struct Point {
  int x;
  int y;
};
struct Fixed {
  const int key;
  const std::string text;
};
struct Derived : Part {};
class Whole {
public:
  Whole() = default;
  explicit Whole(int of) : parts_{{"", of}}, twin_(std::make_shared<Part>()) {}
  [[nodiscard]] int sum() const { return static_cast<int>(parts_.size()) * parts_.front().number; }
  template <class Archive> void serialize(Archive& archive) { archive(parts_, CEREAL_NVP(twin_)); }

private:
  std::vector<Part> parts_;
  std::shared_ptr<Part> twin_;
};
template <class T> struct Job {
  int id = 0;
  Whole whole{};
  T parts[2]{};
  Point points[2]{};
  std::vector<Point> many{{1, 2}};
  std::vector<Fixed> fixed{{1, "a"}};
  std::map<std::string, Part> named{{"b", {}}};
  std::map<int, Fixed> keyed{};
  std::list<Part> list{{}};
  std::optional<Fixed> perhaps{};
  std::optional<Part> maybe = Part{};
  std::variant<int, Part> one_of = Part{};
  std::tuple<Part, int> both{};
  std::pair<Point, Part> pair{};
  std::array<Part, 2> several{};
  std::shared_ptr<Part> owned = std::make_shared<Part>();
  std::weak_ptr<Part> observed{};
};
using Work = Job<Part>;

Work job_of(int id) {
  Work made;
  made.id = id;
  made.whole = Whole(id);
  made.parts[1].text = std::to_string(id);
  return made;
}
std::vector<Work> jobs_of(int n) {
  std::vector<Work> all;
  for (int i = 0; i < n; ++i)
    all.push_back(job_of(i));
  return all;
}
bool is_right(const Work& job) {
  return job.parts[1].text == std::to_string(job.id) && job.whole.sum() == job.id && job.named.contains("b");
}
int number_of(const Work& job) {
  return is_right(job) ? job.id : -1;
}
Work same(Work job) {
  return is_right(job) ? std::move(job) : Work{};
}
Point point_of(const Point& p) {
  return {p.y, p.x};
}
int sum_of(const Point& p, const Work& job) {
  return p.x + number_of(job);
}
int fails(const Work&) {
  throw std::out_of_range("no");
}
std::unique_ptr<Part> own(const Part& part) {
  return std::make_unique<Part>(part);
}
struct Adds {
  Work to;
  int operator()(const Point& p) const { return number_of(to) + p.x; }
};
struct Model {
  Work kept;
};
Model load_model(const Work& job) {
  return {job_of(job.id)};
}
int ask(Model& m, const Point& p) {
  return m.kept.id + p.x;
}
Whole total(const Model& m) {
  return Whole(m.kept.id);
}
Point smaller_of(Point a, Point b) {
  return {std::min(a.x, b.x), std::min(a.y, b.y)};
}
int read_value(const crosspool::broadcasted<Work>& job, const Point& p) {
  return number_of(*job) + p.x;
}

} // namespace greedy

using namespace greedy;
using crosspool::inline_as;

#define POLICIES                                                                                                       \
  crosspool::thread, crosspool::fork, crosspool::spawn, inline_as<crosspool::thread>, inline_as<crosspool::fork>

namespace {

bool are(const std::vector<int>& found, int first, int count) {
  return std::ranges::equal(found, std::views::iota(first, first + count));
}

} // namespace

TEST_CASE("a value of a user's is looked at by our functions") {
  const auto job = job_of(7);
  CHECK(crosspool::crossable<Work>);
  CHECK(crosspool::crosses(job));
  CHECK(crosspool::crosses(Derived{{"a"}}));
  CHECK(crosspool::trace(job).crosses());
  CHECK(crosspool::trace<Work>().crosses());
  CHECK_FALSE(crosspool::trace(std::tuple(static_cast<Part*>(nullptr), Part{})).crosses());
}

TEMPLATE_TEST_CASE("each verb takes a user's values by our functions", "", POLICIES) {
  crosspool::pool<TestType> pool{2};
  const auto jobs = jobs_of(3);
  const std::vector<Point> points{{0, 3}, {1, 4}, {2, 5}};
  CHECK(are(pool.map(number_of, jobs), 0, 3));
  CHECK(pool.map(number_of, jobs_of(3)).size() == 3);
  CHECK(pool.map(point_of, points)[1].x == 4);
  CHECK(pool.map(sum_of, points, jobs)[2] == 4);
  CHECK(pool.map(point_of, {Point{1, 2}, Point{2, 3}})[1].x == 3);
  CHECK(are(pool.map(Adds{job_of(5)}, points), 5, 3));
  CHECK(are(pool.map(crosspool::bind(sum_of, Point{4, 0}), jobs), 4, 3));
  CHECK(are(pool.map([](const Work& job) { return number_of(job); }, jobs), 0, 3));
  CHECK(pool.map(same, jobs)[2].id == 2);
  const std::vector pairs{std::tuple(Point{1, 0}, Point{})}; // g++ 11 finds the users' own | for a pipe
  const auto with_job = [](const auto& pair) { return std::tuple(std::get<0>(pair), job_of(1)); };
  CHECK(pool.starmap(sum_of, std::views::transform(pairs, with_job))[0] == 2);
  CHECK(pool.apply(number_of, job_of(9)) == 9);
  CHECK(pool.apply(&Work::id, job_of(9)) == 9);
  CHECK(is_right(pool.apply(job_of, 9)));
  CHECK(pool.apply(own, Part{"", 3})->number == 3);
  CHECK(pool.apply_async(same, job_of(9)).get().id == 9);
  CHECK(pool.map_async(same, jobs_of(2)).get()[1].id == 1);
  CHECK(pool.apply_async(same, job_of(9)).then(same).then(number_of).get() == 9);
  CHECK(pool.try_map(same, jobs)[1].value().id == 1);
  CHECK_FALSE(pool.try_map(fails, jobs)[1].has_value());
  CHECK_THROWS_AS(pool.apply(fails, job_of(1)), std::out_of_range);
  int seen = 0;
  for (auto& each : pool.imap(same, jobs))
    seen += number_of(each);
  for (const auto& each : pool.imap_unordered(point_of, points))
    seen += each.y;
  CHECK(seen == 6);
  CHECK(pool.with({.chunksize = 2}).map_reduce(point_of, points, smaller_of, Point{9, 9}).x == 3);
  CHECK(pool.map_async(point_of, points).get().size() == 3);

  const auto value = pool.broadcast(job_of(6));
  CHECK(are(pool.map(crosspool::bind(read_value, value), points), 6, 3));

  auto first = pool.apply_async(same, job_of(1)), second = pool.apply_async(same, job_of(2));
  CHECK(std::get<1>(crosspool::when_all(std::move(first), std::move(second)).get()).id == 2);
}

TEMPLATE_TEST_CASE("an initializer and an exit function, too", "", POLICIES) {
  crosspool::pool pool{TestType{}, 1, load_model, job_of(4)};
  CHECK(pool.map(ask, std::vector<Point>{{1, 2}})[0] == 5);
  auto totals = pool.at_exit(total);
  pool.close();
  pool.join();
  CHECK(totals.get().at(0).value().sum() == 4);
}
