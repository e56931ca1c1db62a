// What is deep or large, through pools: it arrives, or there is an error; it ends neither a worker nor the program. And
// what is deferred.
#include <crosspool/crosspool.hpp>

#include <cereal/types/list.hpp>

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "numbers.hpp"

#define PROCESSES crosspool::fork, crosspool::spawn, crosspool::inline_as<crosspool::fork>

using namespace crosspool;

namespace {

// A list, deeper than any stack if it is long; its destructor goes step by step, as it must with any such list.
struct Node {
  int value = 0;
  std::unique_ptr<Node> next{};
};
class List {
public:
  explicit List(int count = 0) {
    for (int i = 0; i < count; ++i) {
      auto next = std::make_unique<Node>(std::move(first_));
      first_ = Node{i + 1, std::move(next)};
    }
  }
  List(List&&) = default;
  List& operator=(List&&) = default;
  ~List() {
    for (auto rest = std::move(first_.next); rest != nullptr;)
      rest = std::move(rest->next);
  }
  [[nodiscard]] int length() const { return first_.value; }
  template <class Archive> void serialize(Archive& archive) { archive(first_); }

private:
  Node first_;
};
constexpr int deep = 1'000'000;

int length_of(const List& list) {
  return list.length();
}
List list_of(int length) {
  return List(length);
}
struct Holds {
  std::shared_ptr<List> list = std::make_shared<List>();
  int operator()(int x) const { return list->length() + x; }
};
bool says_too_deep(const std::exception& e) {
  return std::string(e.what()).find("more deeply than the stack allows") != std::string::npos;
}
template <class Call> void is_too_deep(Call call) {
  try {
    call();
    FAIL("it is not too deep");
  } catch (const std::exception& e) {
    INFO(e.what());
    CHECK(says_too_deep(e));
  }
}

struct Large {
  std::array<char, std::size_t{24} << 20U> data{};
};
struct LargeAndMore {
  std::array<char, std::size_t{24} << 20U> data{};
  std::string text = "text";
};
template <class T> int sum_of(const T& x, int y) {
  return x.data[7] + y;
}
template <class T> int sum_of_mapped(const std::map<int, T>& x, int y) {
  return x.at(1).data[7] + y;
}
template <class T> std::unique_ptr<T> made(char x) {
  auto one = std::make_unique<T>();
  one->data[7] = x;
  return one;
}
template <class T> std::list<T> list_with(char x) {
  std::list<T> all(1);
  all.front().data[7] = x;
  return all;
}

// As cereal's documentation has it: what nodes refer to comes behind all nodes.
struct Place {
  int number = 0;
  std::vector<std::weak_ptr<Place>> near{};
  template <class Archive> void serialize(Archive& archive) { archive(number, cereal::defer(near)); }
};
using Map = std::vector<std::shared_ptr<Place>>;
Map circle(int count) {
  Map all;
  for (int i = 0; i < count; ++i)
    all.push_back(std::make_shared<Place>(Place{i}));
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i]->near = {all[(i + 1) % all.size()]};
  return all;
}
int length_of_circle(const Map& map) {
  int count = 1;
  for (auto at = map[0]->near.at(0).lock(); at != nullptr && at != map[0] && count < 100; at = at->near.at(0).lock())
    ++count;
  return count;
}

} // namespace

TEMPLATE_TEST_CASE("what is too deep is an error, wherever it is", "", PROCESSES) {
  pool<TestType> p{1};
  CHECK(p.apply(length_of, List(500)) == 500);
  CHECK(p.apply(list_of, 500).length() == 500);
  is_too_deep([&] { p.apply(length_of, List(deep)); });
  is_too_deep([&] { p.apply(list_of, deep); });
  is_too_deep([&] { p.apply_async(length_of, List(deep)).get(); });
  is_too_deep([&] { p.broadcast(List(deep)); });
  is_too_deep([&] { p.apply(Holds{std::make_shared<List>(deep)}, 1); });
  is_too_deep([&] {
    p.apply(crosspool::bind([](const Holds& f, int x) { return f(x); }, Holds{std::make_shared<List>(deep)}), 1);
  });
  CHECK(p.map(Holds{std::make_shared<List>(500)}, {1, 2}) == std::vector{501, 502});
  if constexpr (TestType::initializer == crossing::serialized)
    is_too_deep([&] { pool<TestType>{1, [](const List&) {}, List(deep)}; });
  CHECK(works(p));
}

TEMPLATE_TEST_CASE("what is large needs no stack", "", PROCESSES) {
  pool<TestType> p{1};
  const auto one = made<Large>(3);
  const auto more = made<LargeAndMore>(3);
  CHECK(p.apply(sum_of<Large>, *one, 4) == 7);
  CHECK(p.apply(sum_of<LargeAndMore>, *more, 4) == 7);
  const std::vector<Large> all(1, *one);
  CHECK(p.map(sum_of<Large>, all, up_to(1)) == std::vector{3});
  CHECK(p.map([](const Large& x) { return int{x.data[7]}; }, all) == std::vector{3});
  const std::map<int, LargeAndMore> map([&] {
    std::map<int, LargeAndMore> filled;
    filled[1].data[7] = 3;
    return filled;
  }());
  CHECK(p.apply(sum_of_mapped<LargeAndMore>, map, 4) == 7);
  CHECK(p.apply(made<LargeAndMore>, char{5})->data[7] == 5);
  CHECK(p.apply(list_with<Large>, char{5}).front().data[7] == 5);
}

TEMPLATE_TEST_CASE("what is deferred crosses", "", PROCESSES) {
  pool<TestType> p{2};
  CHECK(length_of_circle(circle(5)) == 5);
  CHECK(p.apply(length_of_circle, circle(5)) == 5);
  CHECK(length_of_circle(p.apply(circle, 5)) == 5);
  CHECK(p.map(length_of_circle, std::vector{circle(5), circle(6)}) == std::vector{5, 6});
  const auto value = p.broadcast(circle(7));
  CHECK(p.apply([](const broadcasted<Map>& map) { return length_of_circle(*map); }, value) == 7);
  CHECK(p.apply(crosspool::bind([](const Map& map, int x) { return length_of_circle(map) + x; }, circle(3)), 1) == 4);
}
