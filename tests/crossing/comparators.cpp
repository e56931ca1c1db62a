// What else a container is made of: comparators, hashers, deleters, allocators and the container inside. None of these
// is sent, so they must have nothing to lose.
#include <cereal/types/deque.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>

#include <cstddef>
#include <cstdlib>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <queue>
#include <set>
#include <stack>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "battery.hpp"

using battery::arrives;
using battery::is_sound;

namespace {

struct either_way {
  bool down = false;
  bool operator()(int a, int b) const { return down ? b < a : a < b; }
};
struct downwards {
  template <class T> bool operator()(const T& a, const T& b) const { return b < a; }
};
struct not_made_by_default {
  explicit not_made_by_default(int) {}
  bool operator()(int a, int b) const { return a < b; }
};
struct counted_hash {
  int seed = 0;
  std::size_t operator()(int x) const { return static_cast<std::size_t>(x + seed); }
};
struct plain_hash {
  std::size_t operator()(int x) const { return static_cast<std::size_t>(x); }
};
struct near {
  int distance = 0;
  bool operator()(int a, int b) const { return std::abs(a - b) <= distance; }
};
struct frees {
  void operator()(int* p) const { std::free(p); }
};
struct closes {
  int how = 0;
  void operator()(int* p) const { delete p; }
};
template <class T> struct from_arena {
  using value_type = T;
  explicit from_arena(int* arena) : arena_(arena) {}
  template <class U> from_arena(const from_arena<U>& other) : arena_(other.arena_) {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
  bool operator==(const from_arena&) const = default;
  int* arena_;
};
template <class T> struct plain_allocator {
  using value_type = T;
  plain_allocator() = default;
  template <class U> plain_allocator(const plain_allocator<U>&) {}
  T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
  void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
  bool operator==(const plain_allocator&) const = default;
};
struct holder {
  int id;
  std::set<int, either_way> set;
};
struct holds_owner {
  int id;
  std::unique_ptr<int, frees> number;
};

} // namespace

TEST_CASE("comparators and hashers with a state are refused") {
  REFUSED(state_left_behind, ".<comparator>", std::set<int, either_way>);
  REFUSED(state_left_behind, ".<comparator>", std::multiset<int, either_way>);
  REFUSED(state_left_behind, ".<comparator>", std::map<int, std::string, either_way>);
  REFUSED(state_left_behind, ".<comparator>", std::multimap<int, std::string, either_way>);
  REFUSED(state_left_behind, ".<comparator>", std::set<int, bool (*)(int, int)>);
  REFUSED(state_left_behind, ".<comparator>", std::map<int, int, bool (*)(int, int)>);
  REFUSED(state_left_behind, ".<comparator>", std::set<int, std::function<bool(int, int)>>);
  REFUSED(state_left_behind, ".<comparator>", std::set<int, not_made_by_default>);
  REFUSED(state_left_behind, ".<hasher>", std::unordered_set<int, counted_hash>);
  REFUSED(state_left_behind, ".<hasher>", std::unordered_set<int, std::size_t (*)(int)>);
  REFUSED(state_left_behind, ".<key_equal>", std::unordered_set<int, plain_hash, near>);
  REFUSED(state_left_behind, ".<hasher>", std::unordered_map<int, int, counted_hash>);
  REFUSED(state_left_behind, ".<key_equal>", std::unordered_multimap<int, int, std::hash<int>, near>);
  REFUSED(state_left_behind, ".<comparator>", std::priority_queue<int, std::vector<int>, bool (*)(int, int)>);
  REFUSED(state_left_behind, ".<comparator>", std::priority_queue<int, std::vector<int>, either_way>);
  REFUSED(state_left_behind, "[].<comparator>", std::vector<std::set<int, either_way>>);
  REFUSED(state_left_behind, ".set.<comparator>", holder);
}

TEST_CASE("pointers with a deleter of their own are refused") {
  REFUSED(custom_deleter, ".<deleter>", std::unique_ptr<int, frees>);
  REFUSED(custom_deleter, ".<deleter>", std::unique_ptr<int, closes>);
  REFUSED(custom_deleter, ".<deleter>", std::unique_ptr<int, void (*)(int*)>);
  REFUSED(custom_deleter, ".<deleter>", std::unique_ptr<int, std::function<void(int*)>>);
  REFUSED(custom_deleter, "[].<deleter>", std::vector<std::unique_ptr<int, frees>>);
  REFUSED(custom_deleter, ".number.<deleter>", holds_owner);
}

TEST_CASE("allocators with a state are refused") {
  REFUSED(state_left_behind, ".<allocator>", std::vector<int, from_arena<int>>);
  REFUSED(state_left_behind, ".<allocator>", std::vector<std::string, from_arena<std::string>>);
  REFUSED(state_left_behind, ".<allocator>", std::basic_string<char, std::char_traits<char>, from_arena<char>>);
  REFUSED(state_left_behind, ".<allocator>", std::map<int, int, std::less<int>, from_arena<std::pair<const int, int>>>);
  is_sound(std::pmr::vector<int>{1, 2});
  is_sound(std::pmr::string("text"));
}

TEST_CASE("the container inside is examined") {
  REFUSED(raw_pointer, "[]", std::stack<int*, std::vector<int*>>);
  REFUSED(state_left_behind, ".<inner_container>.<allocator>", std::queue<int, std::deque<int, from_arena<int>>>);
}

TEST_CASE("what has no state crosses") {
  arrives(std::set<int, downwards>{1, 2, 3}, [](const auto& a, const auto& b) { return a == b && *a.begin() == 3; });
  arrives(std::set<int, std::greater<int>>{1, 2, 3}, [](const auto& a, const auto& b) { return a == b; });
  arrives(std::set<std::string, std::less<>>{"a", "b"}, [](const auto& a, const auto& b) { return a == b; });
  arrives(std::map<int, std::string, downwards>{{1, "a"}, {2, "b"}},
          [](const auto& a, const auto& b) { return a == b && a.begin()->first == 2; });
  arrives(std::multimap<int, int, std::greater<>>{{1, 1}, {1, 2}}, [](const auto& a, const auto& b) { return a == b; });
  arrives(std::unordered_set<int, plain_hash>{1, 2}, [](const auto& a, const auto& b) { return a == b; });
  arrives(std::unordered_map<int, int, plain_hash, std::equal_to<>>{{1, 2}},
          [](const auto& a, const auto& b) { return a == b; });
  using less = decltype([](int a, int b) { return b < a; });
  arrives(std::set<int, less>{1, 2, 3}, [](const auto& a, const auto& b) { return a == b && *a.begin() == 3; });
  std::priority_queue<int, std::vector<int>, std::greater<>> queue;
  queue.push(2);
  queue.push(1);
  arrives(queue, [](const auto& a, const auto& b) { return a.size() == b.size() && a.top() == b.top(); });
  std::stack<int, std::list<int>> stack;
  stack.push(1);
  stack.push(2);
  arrives(stack);
  std::stack<std::string, std::vector<std::string>> strings;
  strings.push("a");
  arrives(strings);
  arrives(std::vector<int, plain_allocator<int>>{1, 2}, [](const auto& a, const auto& b) { return a == b; });
  arrives(std::make_unique<int>(3), [](const auto& a, const auto& b) { return *a == *b; });
}
