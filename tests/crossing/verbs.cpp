// The same demand through the verbs: an argument, a function's state, a result, a broadcast value and an initializer's
// argument arrive equal, or are a clear error.
#include <crosspool/crosspool.hpp>

#include <cereal/types/list.hpp>

#include <array>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "../catch.hpp"

namespace {

struct point {
  double x = 0, y = 0;
  bool operator==(const point&) const = default;
};
class closed {
public:
  closed() = default;
  explicit closed(int from) : number_(from) {}
  bool operator==(const closed&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
struct everything { // but arrays, which keep const members from being built
  bool flag = false;
  const std::string name = {};
  std::vector<point> points;
  std::map<std::string, std::list<std::optional<closed>>> map;
  std::variant<int, std::string, point> variant;
  std::tuple<point, std::vector<bool>> tuple;
  bool operator==(const everything&) const = default;
};
everything sample() {
  return {true, "name", {{1, 2}}, {{"k", {closed(3), std::nullopt}}}, point{4, 5}, {{6, 7}, {true, false}}};
}

everything back(const everything& value) {
  return value;
}
bool is_sample(const everything& state, int) {
  return state == sample();
}
bool broadcast_is_sample(const crosspool::broadcasted<everything>& value, int) {
  return *value == sample();
}

struct node {
  int id = 0;
  std::vector<std::shared_ptr<node>> out;
  template <class Archive> void serialize(Archive& archive) { archive(id, cereal::defer(out)); }
};
struct graph {
  std::vector<std::shared_ptr<node>> nodes;
  std::array<double, 0> nothing{};
};
graph triangle(int) {
  graph made;
  for (int i = 0; i < 3; ++i) {
    made.nodes.push_back(std::make_shared<node>());
    made.nodes.back()->id = i;
  }
  for (const auto& each : made.nodes)
    for (const auto& other : made.nodes)
      if (each->id < other->id)
        each->out.push_back(other);
  return made;
}
int edges(const graph& of) {
  int count = 0;
  for (const auto& each : of.nodes)
    count += static_cast<int>(each->out.size());
  return count;
}
int edges_of_state(const graph& of, int) {
  return edges(of);
}

class chain { // whose own destructor needs no call for each link
public:
  chain() = default;
  chain(chain&&) = default;
  chain& operator=(chain&&) = default;
  ~chain() {
    for (auto next = std::move(next_); next != nullptr;)
      next = std::exchange(next->next_, nullptr);
  }
  static chain linked(int size) {
    chain first;
    for (int i = 0; i < size; ++i) {
      auto next = std::make_unique<chain>(std::move(first));
      first = chain();
      first.value = i;
      first.next_ = std::move(next);
    }
    return first;
  }
  template <class Archive> void serialize(Archive& archive) { archive(value, next_); }
  int value = 0;

private:
  std::unique_ptr<chain> next_;
};
int first_of(const chain& value) {
  return value.value;
}
int first_of_state(const chain& value, int) {
  return value.value;
}
int first_of_broadcast(const crosspool::broadcasted<chain>& value, int) {
  return value->value;
}
int touched = 0;
void touch(const chain& value) {
  touched = value.value;
}

// What may be too deep gives what it is to give, or a clear error.
template <class Call> void ends_well(int expected, Call call) {
  try {
    const int given = call();
    CHECK(given == expected);
  } catch (const crosspool::error& e) {
    CHECK_THAT(e.what(), ContainsSubstring("deep"));
  }
}

constexpr int deep = 200000;

} // namespace

TEST_CASE("what crosses arrives by every verb and in every place") {
  crosspool::fork_pool pool{1};
  CHECK(pool.apply(back, sample()) == sample());
  const std::vector<everything> many(3, sample());
  const auto results = pool.map(back, many);
  REQUIRE(results.size() == 3);
  CHECK(results[2] == sample());
  CHECK(pool.apply(crosspool::bind(is_sample, sample()), 1));
  CHECK(pool.apply(crosspool::bind(broadcast_is_sample, pool.broadcast(sample())), 1));
  CHECK(edges(triangle(1)) == 3);
  CHECK(pool.apply(edges, triangle(1)) == 3);
  CHECK(edges(pool.apply(triangle, 1)) == 3);
  CHECK(pool.apply(crosspool::bind(edges_of_state, triangle(1)), 1) == 3);
  crosspool::pool with_state{crosspool::spawn{}, {.workers = 1}, back, sample()};
  CHECK(with_state.apply([](const everything& state, int) { return state == sample(); }, 1));
}

TEST_CASE("too deep an argument is a clear error") {
  crosspool::fork_pool pool{1};
  ends_well(deep - 1, [&] { return pool.apply(first_of, chain::linked(deep)); });
  CHECK(pool.apply(first_of, chain::linked(3)) == 2);
}

TEST_CASE("too deep a result is a clear error") {
  crosspool::fork_pool pool{1};
  ends_well(deep - 1, [&] { return pool.apply(&chain::linked, deep).value; });
  CHECK(pool.apply(&chain::linked, 3).value == 2);
}

TEST_CASE("too deep a function's state, or a broadcast value, is a clear error") {
  crosspool::fork_pool pool{1};
  ends_well(deep - 1, [&] { return pool.apply(crosspool::bind(first_of_state, chain::linked(deep)), 1); });
  ends_well(deep - 1,
            [&] { return pool.apply(crosspool::bind(first_of_broadcast, pool.broadcast(chain::linked(deep))), 1); });
}

TEST_CASE("too deep an initializer's argument is a clear error") {
  ends_well(deep - 1, [&] {
    crosspool::spawn_pool pool{1, touch, chain::linked(deep)};
    return pool.apply([](int) { return touched; }, 1);
  });
}
