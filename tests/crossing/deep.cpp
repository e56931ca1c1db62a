// Values that are nested more deeply than the stack allows, or larger than it: each arrives or is a clear error, and
// never ends the program.
#include <cereal/types/list.hpp>

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "battery.hpp"

using namespace crosspool::detail;

namespace {

struct chain { // an aggregate
  int value = 0;
  std::unique_ptr<chain> next;
};
struct shared_chain {
  int value = 0;
  std::shared_ptr<shared_chain> next;
};
struct closed_chain { // with a function of its own
  int value = 0;
  std::unique_ptr<closed_chain> next;
  template <class Archive> void serialize(Archive& archive) { archive(value, next); }
};
struct tree {
  int value = 0;
  std::vector<tree> children;
};
struct list_tree {
  int value = 0;
  std::list<list_tree> children;
};
struct map_tree {
  int value = 0;
  std::map<int, map_tree> children;
};
struct large {
  std::array<char, 24U << 20U> bytes;
};

template <class Chain> Chain linked(int size) {
  Chain first;
  for (int i = 0; i < size; ++i) {
    using pointer = decltype(first.next);
    pointer next(new Chain(std::move(first)));
    first = Chain();
    first.value = i;
    first.next = std::move(next);
  }
  return first;
}
// Without a call for each link.
template <class Chain> void unlink(Chain& first) {
  for (auto next = std::move(first.next); next != nullptr;)
    next = std::exchange(next->next, nullptr);
}
template <class Tree> Tree nested(int depth) {
  Tree root;
  for (int i = 0; i < depth; ++i) {
    Tree above;
    above.value = i;
    if constexpr (requires { root.children.push_back(std::move(root)); })
      above.children.push_back(std::move(root));
    else
      above.children.emplace(i, std::move(root));
    root = std::move(above);
  }
  return root;
}
template <class Tree> void fell(Tree& root) {
  while (!root.children.empty()) {
    decltype(root.children) children = std::move(root.children);
    if constexpr (requires { children.front(); })
      root = Tree(std::move(children.front()));
    else
      root = Tree(std::move(children.begin()->second));
  }
}

// What becomes of a value: the same, or a crosspool::error, from whichever side.
template <class T, class Same, class Empty> void ends_well(const T& value, Same same, Empty empty) {
  bytes sent;
  try {
    encode(sent, value);
    byte_view rest = sent;
    auto back = decode<T>(rest);
    CHECK(same(back, value));
    empty(back);
  } catch (const crosspool::error& e) {
    CHECK_THAT(e.what(), ContainsSubstring("deep"));
    CHECK_FALSE(crosspool::crosses(value));
  }
}
template <class Chain> void chain_ends_well(int size) {
  auto value = linked<Chain>(size);
  ends_well(
      value, [](const Chain& a, const Chain& b) { return a.value == b.value; }, [](Chain& back) { unlink(back); });
  unlink(value);
}
template <class Tree> void tree_ends_well(int depth) {
  auto value = nested<Tree>(depth);
  ends_well(value, [](const Tree& a, const Tree& b) { return a.value == b.value; }, [](Tree& back) { fell(back); });
  fell(value);
}

} // namespace

TEST_CASE("what is not deep arrives") {
  auto value = linked<chain>(100);
  bytes sent;
  encode(sent, value);
  byte_view rest = sent;
  auto back = decode<chain>(rest);
  int links = 0;
  const chain* a = &value;
  const chain* b = &back;
  for (; a != nullptr && b != nullptr && a->value == b->value; a = a->next.get(), b = b->next.get())
    ++links;
  CHECK(links == 101);
  CHECK(crosspool::crosses(value));
}

TEST_CASE("a large array inside a container arrives") {
  auto made = std::make_unique<std::vector<large>>(1);
  made->front().bytes[12345] = 'x';
  CHECK(crosspool::crosses(*made));
  bytes sent;
  encode(sent, *made);
  byte_view rest = sent;
  CHECK(decode<std::vector<large>>(rest).front().bytes[12345] == 'x');
  std::map<int, std::unique_ptr<large>> map;
  map.emplace(1, std::make_unique<large>());
  CHECK(crosspool::crosses(map));
}

TEST_CASE("deep chains end well, an aggregate's") {
  for (const int size : {1000, 10000, 100000, 1000000})
    chain_ends_well<chain>(size);
}
TEST_CASE("deep chains end well, of shared pointers") {
  for (const int size : {1000, 10000, 100000, 1000000})
    chain_ends_well<shared_chain>(size);
}
TEST_CASE("deep chains end well, of a class with a function") {
  for (const int size : {1000, 10000, 100000, 1000000})
    chain_ends_well<closed_chain>(size);
}
TEST_CASE("deep trees end well") {
  for (const int depth : {1000, 10000, 100000}) {
    tree_ends_well<tree>(depth);
    tree_ends_well<list_tree>(depth);
    tree_ends_well<map_tree>(depth);
  }
}
