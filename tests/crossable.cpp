// Which types cross and which do not, for what reason and how deep in them it was found.
#include <crosspool/crossable.hpp>

#include <cereal/types/polymorphic.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/unordered_map.hpp>

#include <any>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <optional>
#include <queue>
#include <ranges>
#include <set>
#include <shared_mutex>
#include <span>
#include <stack>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "catch.hpp"

using namespace crosspool::detail;
using crosspool::crossable;

namespace {

template <class T> constexpr auto why = examined<T>.why;
template <class T> constexpr auto depth = examined<T>.depth;

enum class an_enum : short { a };
struct empty {};
struct empty_class {
  empty_class() {}
};
struct point {
  int x, y;
};
struct config {
  std::string name;
  std::FILE* file;
};
struct job {
  int id;
  std::map<std::string, std::vector<config>> configs;
};
struct tree {
  std::string name;
  std::vector<tree> children;
  std::unique_ptr<tree> other;
};
struct tree_with_pointer {
  std::vector<tree_with_pointer> children;
  int* pointer;
};
struct ping;
struct pong {
  std::vector<ping> pings;
};
struct ping {
  std::vector<pong> pongs;
};
struct with_const {
  const int a;
};
struct with_const_text {
  const std::string text;
  const point where = {};
  int number = 1;
};
struct around_const {
  int number;
  with_const inner;
  std::string text;
};
struct with_array_of_const {
  with_const elements[2];
};
struct const_and_array {
  int numbers[2];
  const int a;
};
struct array_around_const {
  int numbers[2];
  around_const inner;
};
struct const_not_moved {
  const std::unique_ptr<int> a;
};
struct const_and_lock {
  const int a;
  std::mutex b;
};
struct const_pointer {
  const int a;
  int* const pointer;
};
struct const_tree {
  const int a;
  const std::vector<const_tree> children;
};
struct derived_with_const : empty {
  const int a;
};
struct only_a_base_with_const : with_const {};
struct with_bit_field {
  int a : 3;
};
struct derived : point {
  int z;
};
struct with_array {
  int* pointers[2];
};
struct incomplete;
struct abstract {
  virtual ~abstract() = default;
  virtual void f() = 0;
};
struct no_functions {
  explicit no_functions(int) {}
  int a = 0;
};
union a_union {
  int a;
  float b;
};

struct saves {
  saves() {}
  template <class Archive> void save(Archive&) const {}
};
struct loads {
  loads() {}
  template <class Archive> void load(Archive&) {}
};
struct serializes {
  serializes() {}
  template <class Archive> void serialize(Archive&) {}
  int* pointer = nullptr; // believed: serialize need not visit it
};
struct no_default {
  explicit no_default(int) {}
  template <class Archive> void serialize(Archive&) {}
};
struct abstract_that_serializes {
  virtual ~abstract_that_serializes() = default;
  virtual void f() = 0;
  template <class Archive> void serialize(Archive&) {}
};
struct with_union {
  int number;
  a_union both;
};
struct derived_from_empty : empty {
  std::string name;
};
struct only_a_base : point {};
template <class T> struct holder {
  T value;
};

// ---- what has a destructor or an assignment of its own ----

struct closes {
  int file = -1;
  ~closes() {}
};
struct defaulted_destructor {
  std::string text;
  ~defaulted_destructor() = default;
};
struct own_assignment {
  std::string text;
  own_assignment& operator=(const own_assignment&) { return *this; }
};
struct closes_and_not_copied {
  std::unique_ptr<int> file;
  ~closes_and_not_copied() {}
};
struct counts { // has no members
  ~counts() {}
};
struct derived_from_counts : counts {
  std::string text;
};
struct only_a_base_that_closes : closes {};
struct not_moved {
  std::atomic<int> number;
};
struct not_moved_and_closes {
  std::atomic<int> number;
  ~not_moved_and_closes() {}
};
struct not_moved_with_text { // nobody can tell
  std::atomic<int> number;
  std::string text;
};
struct moved_in_all_ways {
  std::string texts[2][2];
  std::vector<with_const_text> constants;
  std::optional<std::vector<moved_in_all_ways>> more;
  std::unique_ptr<int> number;
};

// ---- what a container or a pointer has beside its elements ----

struct ordered_by_flag {
  bool descending = false;
  bool operator()(int a, int b) const { return descending ? b < a : a < b; }
};
struct ordered {
  bool operator()(int a, int b) const { return a < b; }
};
struct frees {
  void operator()(int* pointer) const { std::free(pointer); }
};
template <class T> struct allocates_from {
  using value_type = T;
  explicit allocates_from(int from) : source(from) {}
  template <class U> allocates_from(const allocates_from<U>& other) : source(other.source) {}
  T* allocate(std::size_t) { return nullptr; }
  void deallocate(T*, std::size_t) {}
  bool operator==(const allocates_from&) const = default;
  int source;
};
struct around_set {
  int number = 0;
  std::map<std::string, std::set<int, ordered_by_flag>> sets;
};

struct final_without_functions final {
  virtual ~final_without_functions() = default;
};
struct final_with_serialize final {
  virtual ~final_with_serialize() = default;
  template <class Archive> void serialize(Archive&) {}
};

template <class F, class Signature> struct with_signature {
  F function;
  int number;
};
struct with_path {
  std::filesystem::path where;
};

class a_future : pool_or_future {};
class public_future : public pool_or_future {};

} // namespace

TEST_CASE("plain values cross") {
  STATIC_REQUIRE(crossable<int>);
  STATIC_REQUIRE(crossable<const int>);
  STATIC_REQUIRE(crossable<bool>);
  STATIC_REQUIRE(crossable<long double>);
  STATIC_REQUIRE(crossable<char32_t>);
  STATIC_REQUIRE(crossable<std::byte>);
  STATIC_REQUIRE(crossable<an_enum>);
  STATIC_REQUIRE(crossable<std::string>);
  STATIC_REQUIRE(crossable<const std::wstring>);
}

TEST_CASE("what is made of crossable parts crosses") {
  STATIC_REQUIRE(crossable<int[3][2]>);
  STATIC_REQUIRE(crossable<std::array<std::string, 3>>);
  STATIC_REQUIRE(crossable<std::vector<std::vector<point>>>);
  STATIC_REQUIRE(crossable<std::vector<bool>>);
  STATIC_REQUIRE(crossable<std::map<std::string, std::vector<point>>>);
  STATIC_REQUIRE(crossable<std::tuple<>>);
  STATIC_REQUIRE(crossable<std::tuple<int, point>>);
  STATIC_REQUIRE(crossable<std::pair<int, std::string>>);
  STATIC_REQUIRE(crossable<std::optional<point>>);
  STATIC_REQUIRE(crossable<std::variant<std::monostate, point>>);
  STATIC_REQUIRE(crossable<std::unique_ptr<point>>);
  STATIC_REQUIRE(crossable<std::shared_ptr<point>>);
  STATIC_REQUIRE(crossable<std::unique_ptr<const point>>);
  STATIC_REQUIRE(crossable<std::unique_ptr<abstract>>); // cereal finds the class as it runs
  STATIC_REQUIRE(crossable<empty>);
  STATIC_REQUIRE(crossable<empty_class>);
  STATIC_REQUIRE(crossable<point>);
  STATIC_REQUIRE(crossable<holder<holder<point>>>);
  STATIC_REQUIRE(crossable<derived_from_empty>);
  STATIC_REQUIRE(crossable<only_a_base>);
  STATIC_REQUIRE(crossable<serializes>);
  STATIC_REQUIRE(crossable<std::vector<serializes>>);
}

TEST_CASE("recursive types end") {
  STATIC_REQUIRE(crossable<tree>);
  STATIC_REQUIRE(crossable<std::vector<tree>>);
  STATIC_REQUIRE(crossable<ping>);
  STATIC_REQUIRE(crossable<pong>);
  STATIC_REQUIRE(why<tree_with_pointer> == kind::raw_pointer);
  STATIC_REQUIRE(depth<tree_with_pointer> == 1);
}

TEST_CASE("pointers, references, views and iterators do not cross") {
  STATIC_REQUIRE(why<int*> == kind::raw_pointer);
  STATIC_REQUIRE(why<const char*> == kind::raw_pointer);
  STATIC_REQUIRE(why<void*> == kind::raw_pointer);
  STATIC_REQUIRE(why<std::nullptr_t> == kind::raw_pointer);
  STATIC_REQUIRE(why<incomplete*> == kind::raw_pointer);
  STATIC_REQUIRE(why<void (*)(int)> == kind::function_pointer);
  STATIC_REQUIRE(why<void (point::*)()> == kind::function_pointer);
  STATIC_REQUIRE(why<int point::*> == kind::function_pointer);
  STATIC_REQUIRE(why<int&> == kind::reference);
  STATIC_REQUIRE(why<std::reference_wrapper<int>> == kind::reference);
  STATIC_REQUIRE(why<std::span<int>> == kind::view);
  STATIC_REQUIRE(why<std::initializer_list<int>> == kind::view);
  STATIC_REQUIRE(why<decltype(std::views::iota(1, 2))> == kind::view);
  STATIC_REQUIRE(why<std::vector<int>::iterator> == kind::iterator);
  STATIC_REQUIRE(why<std::list<int>::const_iterator> == kind::iterator);
}

TEST_CASE("views and streams are known under every spelling of their names") {
  CHECK(why<std::string_view> == kind::view);
  CHECK(why<std::wstring_view> == kind::view);
  CHECK(why<std::fstream> == kind::os_handle);
  CHECK(why<std::ifstream> == kind::os_handle);
  CHECK(why<std::ofstream> == kind::os_handle);
  CHECK(why<std::wofstream> == kind::os_handle);
  CHECK(why<std::filebuf> == kind::os_handle);
  CHECK(why<std::istream> == kind::os_handle);
  CHECK(why<std::ostream> == kind::os_handle);
  CHECK(why<std::iostream> == kind::os_handle);
  CHECK(why<std::filesystem::directory_iterator> == kind::os_handle);
  CHECK(why<std::filesystem::recursive_directory_iterator> == kind::os_handle);
}

TEST_CASE("handles, locks and type-erased objects do not cross") {
  STATIC_REQUIRE(why<std::FILE*> == kind::os_handle);
  STATIC_REQUIRE(why<std::thread> == kind::os_handle);
  STATIC_REQUIRE(why<std::mutex> == kind::synchronization);
  STATIC_REQUIRE(why<std::recursive_mutex> == kind::synchronization);
  STATIC_REQUIRE(why<std::shared_mutex> == kind::synchronization);
  STATIC_REQUIRE(why<std::condition_variable> == kind::synchronization);
  STATIC_REQUIRE(why<std::condition_variable_any> == kind::synchronization);
  STATIC_REQUIRE(why<std::unique_lock<std::mutex>> == kind::synchronization);
  STATIC_REQUIRE(why<std::once_flag> == kind::synchronization);
  STATIC_REQUIRE(why<std::future<int>> == kind::synchronization);
  STATIC_REQUIRE(why<std::promise<int>> == kind::synchronization);
  STATIC_REQUIRE(why<std::function<void()>> == kind::type_erased);
  STATIC_REQUIRE(why<std::any> == kind::type_erased);
  STATIC_REQUIRE(why<std::packaged_task<int()>> == kind::type_erased);
  STATIC_REQUIRE(why<a_future> == kind::a_pool);
  STATIC_REQUIRE(why<public_future> == kind::a_pool);
}

TEST_CASE("lambdas cross if they capture nothing") {
  const auto captureless = [](int x) { return x; };
  const auto generic = [](auto... x) { return sizeof...(x); };
  int n = 3;
  const auto capturing = [n](int x) { return x + n; };
  const auto capturing_mutable = [m = n](int x) mutable { return x + ++m; };
  const auto capturing_generic = [&n](auto x) { return x + n; };
  STATIC_REQUIRE(crossable<decltype(captureless)>);
  STATIC_REQUIRE(crossable<decltype(generic)>);
  STATIC_REQUIRE(why<std::remove_const_t<decltype(capturing)>> == kind::capturing_lambda);
  STATIC_REQUIRE(why<std::remove_const_t<decltype(capturing_mutable)>> == kind::capturing_lambda);
  STATIC_REQUIRE(why<std::remove_const_t<decltype(capturing_generic)>> == kind::capturing_lambda);
  STATIC_REQUIRE_FALSE(crossable<decltype(capturing)>);
}

TEST_CASE("a lambda among a template's arguments makes no lambda of it") {
  using less = decltype([](int a, int b) { return a < b; });
  using deleter = decltype([](int* p) { delete p; });
  CHECK(crossable<std::map<int, int, less>>);
  CHECK(why<std::unique_ptr<int, deleter>> == kind::custom_deleter);
  CHECK(crossable<with_signature<less, int(int)>>);
  CHECK(crossable<holder<less>>);
  const auto capturing = [x = 1] { return x; };
  using closure = std::remove_const_t<decltype(capturing)>;
  CHECK(why<std::vector<closure>> == kind::capturing_lambda);
  CHECK(depth<std::vector<closure>> == 1);
}

TEST_CASE("what has a destructor or an assignment of its own does not cross") {
  STATIC_REQUIRE(why<closes> == kind::owns_something);
  STATIC_REQUIRE(why<defaulted_destructor> == kind::owns_something);
  STATIC_REQUIRE(why<own_assignment> == kind::owns_something);
  STATIC_REQUIRE(why<closes_and_not_copied> == kind::owns_something);
  STATIC_REQUIRE(why<counts> == kind::owns_something);
  STATIC_REQUIRE(why<derived_from_counts> == kind::owns_something);
  STATIC_REQUIRE(why<only_a_base_that_closes> == kind::owns_something);
  STATIC_REQUIRE(why<not_moved_and_closes> == kind::missing_cereal_header);
  STATIC_REQUIRE(why<std::vector<closes>> == kind::owns_something);
  STATIC_REQUIRE(depth<std::vector<holder<closes>>> == 2);
  STATIC_REQUIRE(crossable<moved_in_all_ways>);
  STATIC_REQUIRE_FALSE(owns_resource<not_moved>);
  STATIC_REQUIRE(owns_resource<not_moved_and_closes>);
  STATIC_REQUIRE(owns_resource<not_moved_with_text>);
  STATIC_REQUIRE_FALSE(owns_resource<const_and_lock>);
}

TEST_CASE("what a worker makes anew has no state") {
  STATIC_REQUIRE(crossable<std::map<int, int, ordered>>);
  STATIC_REQUIRE(crossable<std::set<int, std::greater<>>>);
  STATIC_REQUIRE(crossable<std::pmr::vector<std::pmr::string>>);
  STATIC_REQUIRE(why<std::map<int, int, ordered_by_flag>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::set<int, ordered_by_flag>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::set<int, bool (*)(int, int)>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::set<int, std::function<bool(int, int)>>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::unordered_map<int, int, std::size_t (*)(int)>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::unordered_map<int, int, std::hash<int>, bool (*)(int, int)>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::priority_queue<int, std::vector<int>, bool (*)(int, int)>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::vector<int, allocates_from<int>>> == kind::state_left_behind);
  STATIC_REQUIRE(why<std::vector<std::string, allocates_from<std::string>>> == kind::state_left_behind);
  STATIC_REQUIRE(why<around_set> == kind::state_left_behind);
  STATIC_REQUIRE(depth<around_set> == 3); // .sets, mapped value, comparator
  STATIC_REQUIRE(std::is_same_v<parts<std::set<int, ordered_by_flag>>,
                                crosspool::detail::types<part<crosspool::fault::each_element, int>,
                                                         part<crosspool::fault::comparator, ordered_by_flag>>>);
}

TEST_CASE("what holds its elements in a container crosses if that does") {
  STATIC_REQUIRE(crossable<std::stack<int, std::vector<int>>>);
  STATIC_REQUIRE(crossable<std::priority_queue<int>>);
  STATIC_REQUIRE(why<std::stack<int, std::list<int>>> == kind::missing_cereal_header);
  STATIC_REQUIRE(depth<std::stack<int, std::list<int>>> == 1);
  STATIC_REQUIRE(why<std::stack<int*, std::list<int*>>> == kind::raw_pointer);
}

TEST_CASE("a worker makes what a unique pointer points to with new") {
  STATIC_REQUIRE(crossable<std::unique_ptr<const int>>);
  STATIC_REQUIRE(why<std::unique_ptr<int, frees>> == kind::custom_deleter);
  STATIC_REQUIRE(why<std::unique_ptr<int, void (*)(int*)>> == kind::custom_deleter);
}

TEST_CASE("a pointer to a polymorphic class crosses if there can be a class that crosses") {
  STATIC_REQUIRE(crossable<std::shared_ptr<abstract>>);
  STATIC_REQUIRE(crossable<std::shared_ptr<final_with_serialize>>);
  STATIC_REQUIRE_FALSE(crossable<std::shared_ptr<final_without_functions>>);
  STATIC_REQUIRE(why<std::shared_ptr<std::ofstream>> == kind::os_handle);
  STATIC_REQUIRE(why<std::unique_ptr<std::ostream>> == kind::os_handle);
}

TEST_CASE("a path crosses") {
  STATIC_REQUIRE(crossable<std::filesystem::path>);
  STATIC_REQUIRE(crossable<with_path>);
  STATIC_REQUIRE(crossable<std::map<std::filesystem::path, std::vector<std::filesystem::path>>>);
}

TEST_CASE("classes without what it takes do not cross") {
  STATIC_REQUIRE(why<no_functions> == kind::no_serialize_function);
  STATIC_REQUIRE(why<abstract> == kind::no_serialize_function);
  STATIC_REQUIRE(why<saves> == kind::saves_but_cannot_load);
  STATIC_REQUIRE(why<loads> == kind::loads_but_cannot_save);
  STATIC_REQUIRE(why<no_default> == kind::not_default_constructible);
  STATIC_REQUIRE(why<abstract_that_serializes> == kind::not_default_constructible);
  STATIC_REQUIRE(why<a_union> == kind::union_type);
  STATIC_REQUIRE(why<with_union> == kind::union_type);
  STATIC_REQUIRE(depth<with_union> == 1);
  STATIC_REQUIRE(why<with_bit_field> == kind::aggregate_that_cannot_be_opened);
  STATIC_REQUIRE(why<derived> == kind::aggregate_that_cannot_be_opened);
  STATIC_REQUIRE(why<std::list<int>> == kind::missing_cereal_header);
  STATIC_REQUIRE(why<std::atomic<int>> == kind::missing_cereal_header);
}

TEST_CASE("incomplete types do not cross, and asking is no error") {
  STATIC_REQUIRE_FALSE(crossable<incomplete>);
  STATIC_REQUIRE_FALSE(crossable<void>);
  STATIC_REQUIRE_FALSE(crossable<int[]>);
  STATIC_REQUIRE_FALSE(crossable<incomplete&>);
  STATIC_REQUIRE_FALSE(crossable<void()>);
  STATIC_REQUIRE_FALSE(crossable<std::vector<incomplete*>>);
}

TEST_CASE("constant parts cannot be loaded into, so they do not cross") {
  CHECK_FALSE(crossable<std::pair<const int, int>>);
  CHECK_FALSE(crossable<std::tuple<int, const int>>);
  CHECK_FALSE(crossable<std::array<const int, 2>>);
  CHECK_FALSE(crossable<std::optional<const int>>);
  CHECK_FALSE(crossable<std::variant<const int>>);
}

TEST_CASE("an aggregate with const members crosses if it can be built of its members") {
  STATIC_REQUIRE(crossable<with_const>);
  STATIC_REQUIRE(crossable<with_const_text>);
  STATIC_REQUIRE(crossable<around_const>);
  STATIC_REQUIRE(crossable<const_tree>);
  STATIC_REQUIRE(crossable<derived_with_const>);
  STATIC_REQUIRE(why<const_pointer> == kind::raw_pointer);
  STATIC_REQUIRE(depth<const_pointer> == 1);
  STATIC_REQUIRE(why<const_and_lock> == kind::synchronization); // what no dropped const would mend
  STATIC_REQUIRE(why<const_not_moved> == kind::constant);
  STATIC_REQUIRE(why<only_a_base_with_const> == kind::constant);
  STATIC_REQUIRE(why<const_and_array> == kind::constant);
  STATIC_REQUIRE(depth<const_and_array> == 1);
  STATIC_REQUIRE(examined<const_and_array>.steps[0] == 1);
  STATIC_REQUIRE(why<array_around_const> == kind::constant);
  STATIC_REQUIRE(depth<array_around_const> == 3); // .inner.inner.a
}

TEST_CASE("what is built of its members crosses where a container need not make it first, or can") {
  STATIC_REQUIRE(crossable<with_array_of_const>);
  STATIC_REQUIRE(crossable<std::vector<with_const>>);
  STATIC_REQUIRE(crossable<std::vector<with_array_of_const>>);
  STATIC_REQUIRE(crossable<std::optional<with_const>>);
  STATIC_REQUIRE(crossable<std::map<int, around_const>>);
  STATIC_REQUIRE(crossable<std::array<with_const, 2>>);
  STATIC_REQUIRE(crossable<std::vector<std::array<with_const, 2>>>);
  STATIC_REQUIRE(crossable<std::pair<with_const_text, int>>);
  STATIC_REQUIRE(crossable<std::variant<with_const_text, int>>);
  STATIC_REQUIRE(crossable<std::unique_ptr<with_const_text>>);
  STATIC_REQUIRE(why<std::pair<int, with_const>> == kind::constant);
  STATIC_REQUIRE(depth<std::pair<int, with_const>> == 2);
  STATIC_REQUIRE(why<std::tuple<with_array_of_const>> == kind::constant);
  STATIC_REQUIRE(depth<std::tuple<with_array_of_const>> == 4);
  STATIC_REQUIRE(why<std::variant<with_const>> == kind::constant);
  STATIC_REQUIRE(why<std::unique_ptr<with_const>> == kind::constant);
}

TEST_CASE("a fault is found inside whatever holds it, at its depth") {
  STATIC_REQUIRE(depth<int*> == 0);
  STATIC_REQUIRE(depth<int* [2]> == 1);
  STATIC_REQUIRE(depth<with_array> == 2);
  STATIC_REQUIRE(why<with_array> == kind::raw_pointer);
  STATIC_REQUIRE(why<std::tuple<int, std::mutex>> == kind::synchronization);
  STATIC_REQUIRE(depth<std::tuple<int, std::mutex>> == 1);
  STATIC_REQUIRE(why<std::tuple<int, int*>> == kind::raw_pointer);
  STATIC_REQUIRE(why<std::pair<int&, int>> == kind::reference);
  STATIC_REQUIRE(why<std::map<int*, int>> == kind::raw_pointer);
  STATIC_REQUIRE(why<std::map<int, int*>> == kind::raw_pointer);
  STATIC_REQUIRE(why<std::optional<no_functions>> == kind::no_serialize_function);
  STATIC_REQUIRE(why<std::unique_ptr<std::unique_ptr<int*>>> == kind::raw_pointer);
  STATIC_REQUIRE(depth<std::unique_ptr<std::unique_ptr<int*>>> == 2);
  STATIC_REQUIRE(why<std::variant<int, std::vector<a_union>>> == kind::union_type);
  STATIC_REQUIRE(depth<std::variant<int, std::vector<a_union>>> == 2);
  STATIC_REQUIRE(why<holder<std::mutex>> == kind::synchronization);
  STATIC_REQUIRE(why<holder<empty>> == kind::value);
}

TEST_CASE("the path to a fault is numbered from outside") {
  constexpr auto found = examined<job>;
  STATIC_REQUIRE(found.why == kind::os_handle);
  STATIC_REQUIRE(found.depth == 4); // .configs, mapped value, element, .file
  STATIC_REQUIRE(found.steps[0] == 1);
  STATIC_REQUIRE(found.steps[1] == 1);
  STATIC_REQUIRE(found.steps[2] == 0);
  STATIC_REQUIRE(found.steps[3] == 1);
}

TEST_CASE("local classes of the same name are told apart") {
  const auto with_pointer = [] {
    struct same_name {
      int* pointer;
    };
    return same_name{};
  };
  const auto with_other = [] {
    struct same_name {
      decltype(with_pointer()) other;
      int number;
    };
    return same_name{};
  };
  using outer = decltype(with_other());
  CHECK(why<outer> == kind::raw_pointer);
  CHECK(depth<outer> == 2);
}

TEST_CASE("a pointer to an incomplete type does not cross, and asking is no error") {
  CHECK_FALSE(crossable<std::unique_ptr<incomplete>>);
  CHECK_FALSE(crossable<std::shared_ptr<incomplete>>);
}

TEST_CASE("an aggregate with an unnamed union does not cross, and asking is no error") {
  struct number {
    union {
      int whole;
      float real;
    };
  };
  CHECK_FALSE(crossable<number>);
  struct numbers {
    int count;
    number first;
  };
  CHECK(why<numbers> == kind::aggregate_that_cannot_be_opened);
  CHECK(depth<numbers> == 1);
}
