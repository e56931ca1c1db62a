// The same demand through the verbs: an argument, a function's state, a result, a broadcast value and an initializer's
// argument arrive equal, or are a clear error.
#include <crosspool/crosspool.hpp>

#include <cereal/types/list.hpp>

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

struct chain {
  int value = 0;
  std::unique_ptr<chain> next;
};
void unlink(chain& first) {
  for (auto next = std::move(first.next); next != nullptr;)
    next = std::exchange(next->next, nullptr);
}
chain linked(int size) {
  chain first;
  for (int i = 0; i < size; ++i) {
    auto next = std::make_unique<chain>(std::move(first));
    first = {i, std::move(next)};
  }
  return first;
}
struct unlinked : chain { // so that neither side's stack is overrun by the destructor
  explicit unlinked(int size) : chain(linked(size)) {}
  unlinked(unlinked&&) = default;
  ~unlinked() { unlink(*this); }
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

// Runs what may be too deep: what it gives, or a clear error.
template <class Call> void ends_well(Call call) {
  try {
    call();
  } catch (const crosspool::error& e) {
    CHECK_THAT(e.what(), ContainsSubstring("deep"));
  }
}

template <class Pool> void check_arrives(Pool&& pool) {
  CHECK(pool.apply(back, sample()) == sample());
  const std::vector<everything> many(3, sample());
  const auto results = pool.map(back, many);
  REQUIRE(results.size() == 3);
  CHECK(results[2] == sample());
  CHECK(pool.apply(crosspool::bind(is_sample, sample()), 1));
  CHECK(pool.apply(crosspool::bind(broadcast_is_sample, pool.broadcast(sample())), 1));
}

constexpr int deep = 200000;

} // namespace

TEST_CASE("what crosses arrives by every verb and in every place") {
  check_arrives(crosspool::inline_pool<crosspool::spawn>());
  check_arrives(crosspool::fork_pool(1));
  crosspool::pool with_state{crosspool::spawn{}, {.workers = 1}, back, sample()};
  CHECK(with_state.apply([](const everything& state, int) { return state == sample(); }, 1));
}

TEST_CASE("too deep an argument is a clear error") {
  crosspool::fork_pool pool{1};
  unlinked value(deep);
  ends_well([&] { CHECK(pool.apply(first_of, static_cast<chain&&>(value)) == deep - 1); });
  CHECK(pool.apply(first_of, chain{3, nullptr}) == 3);
}

TEST_CASE("too deep a result is a clear error") {
  crosspool::fork_pool pool{1};
  ends_well([&] {
    auto value = pool.apply(linked, deep);
    CHECK(value.value == deep - 1);
    unlink(value);
  });
  CHECK(pool.apply(linked, 3).value == 2);
}

TEST_CASE("too deep a function's state, or a broadcast value, is a clear error") {
  crosspool::fork_pool pool{1};
  ends_well([&] {
    unlinked value(deep);
    const auto f = crosspool::bind(first_of_state, static_cast<chain&&>(value));
    CHECK(pool.apply(f, 1) == deep - 1);
  });
  ends_well([&] {
    unlinked value(deep);
    CHECK(pool.apply(crosspool::bind(first_of_broadcast, pool.broadcast(static_cast<chain&&>(value))), 1) == deep - 1);
  });
}

TEST_CASE("too deep an initializer's argument is a clear error") {
  ends_well([&] {
    unlinked value(deep);
    crosspool::spawn_pool pool{1, touch, static_cast<chain&&>(value)};
    CHECK(pool.apply([](int) { return touched; }, 1) == deep - 1);
  });
}
