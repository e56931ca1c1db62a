// That values of every kind come back from bytes as they were, and that bytes which are no such value throw.
#include <crosspool/bytes/codec.hpp>

#include <cereal/types/atomic.hpp>
#include <cereal/types/base_class.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/polymorphic.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/valarray.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <pthread.h>
#include <set>
#include <string>
#include <valarray>
#include <variant>

#include "catch.hpp"

using namespace crosspool::detail;

namespace {

template <class T> bytes encoded(const T& value) {
  bytes buffer;
  encode(buffer, value);
  return buffer;
}

template <class T> T there_and_back(const T& value) {
  const auto buffer = encoded(value);
  byte_view rest = buffer;
  auto back = decode<T>(rest);
  CHECK(rest.empty());
  return back;
}

template <class T> bool survives(const T& value) {
  return there_and_back(value) == value;
}

// How many of the truncated forms of value, from no bytes to all but one, do not throw.
template <class T> std::size_t truncations_taken(const T& value) {
  const auto buffer = encoded(value);
  std::size_t taken = 0;
  for (std::size_t size = 0; size < buffer.size(); ++size) {
    const bytes part(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(size));
    byte_view rest = part;
    try {
      static_cast<void>(decode<T>(rest));
      ++taken;
    } catch (const std::exception&) { // as it should be
    }
  }
  return taken;
}

// The bytes of a container that claims count elements, followed by filler bytes.
bytes claim(std::uint64_t count, std::size_t filler) {
  auto buffer = encoded(count);
  buffer.resize(buffer.size() + filler);
  return buffer;
}

template <class T> T decode_all(const bytes& buffer) {
  byte_view rest = buffer;
  return decode<T>(rest);
}

enum plain { red, green = 70000 };
enum class scoped : signed char { low = -1, high = 1 };

struct empty {
  bool operator==(const empty&) const = default;
};
struct packed {
  int a;
  float b;
  short c[2];
  bool operator==(const packed&) const = default;
};
struct padded {
  char a;
  double b;
  bool operator==(const padded&) const = default;
};
struct nested {
  packed p;
  std::vector<padded> many;
  empty nothing;
  std::string text;
  bool flag;
  bool operator==(const nested&) const = default;
};
struct tagged : empty {
  int a;
  std::string b;
  bool operator==(const tagged&) const = default;
};
struct renamed : padded {
  bool operator==(const renamed&) const = default;
};
struct tree {
  int value = 0;
  std::vector<tree> children{};
  bool operator==(const tree&) const = default;
};
struct chain {
  int value = 0;
  std::unique_ptr<chain> next{};
};
struct constants {
  const int a;
  const std::string b;
  bool c;
  bool operator==(const constants&) const = default;
};
struct constants_with_defaults {
  const std::string a = "a";
  std::vector<int> b{};
  bool operator==(const constants_with_defaults&) const = default;
};
struct constants_within : empty {
  int a;
  const constants b;
  constants_with_defaults c;
  bool operator==(const constants_within&) const = default;
};
struct array_of_constants {
  constants a[2];
  std::string b;
  bool operator==(const array_of_constants&) const = default;
};
struct constant_tree {
  const int value;
  const std::vector<constant_tree> children;
  bool operator==(const constant_tree&) const = default;
};
struct constant_numbers {
  const int a;
  const float b;
  bool operator==(const constant_numbers&) const = default;
};
struct constant_bytes {
  const int a;
  const int* b;
  bool operator==(const constant_bytes&) const = default;
};
struct visits_constants {
  explicit visits_constants(std::string t = "a") : value{std::move(t), {1}} {}
  template <class Archive> void serialize(Archive& archive) { archive(value); }
  bool operator==(const visits_constants&) const = default;
  constants_with_defaults value;
};
// Counts copies, which a move of what is const makes too, and fails at one.
struct fails_to_copy {
  fails_to_copy() = default;
  explicit fails_to_copy(int v) : value(v) {}
  fails_to_copy(const fails_to_copy& other) : value(other.value) {
    if (copies_left-- == 0)
      throw std::bad_alloc();
  }
  fails_to_copy& operator=(const fails_to_copy&) = default;
  template <class Archive> void serialize(Archive& archive) { archive(value); }
  int value = 7;
  static inline int copies_left = -1;
};
struct constant_that_fails {
  const fails_to_copy a;
};
struct stays_where_it_is {
  std::optional<std::atomic<int>> a;
};
struct two_names {
  std::shared_ptr<int> a, b;
};

// Classes with cereal functions of every form.

struct by_member {
  explicit by_member(int v = 0) : value(v) {}
  template <class Archive> void serialize(Archive& archive) { archive(CEREAL_NVP(value)); }
  bool operator==(const by_member&) const = default;
  int value;
};

struct by_operator {
  explicit by_operator(int v = 0) : value(v), twice(2 * v) {}
  template <class Archive> void serialize(Archive& archive) { archive & value & twice; }
  bool operator==(const by_operator&) const = default;
  int value, twice;
};

class by_function {
public:
  explicit by_function(std::string t = {}) : text(std::move(t)) {}
  bool operator==(const by_function&) const = default;
  std::string text;
};
template <class Archive> void serialize(Archive& archive, by_function& object) {
  archive(object.text);
}

struct by_save_and_load {
  explicit by_save_and_load(int v = 0) : value(v) {}
  template <class Archive> void save(Archive& archive) const { archive(value, value + 1); }
  template <class Archive> void load(Archive& archive) {
    archive(value);
    int next = 0;
    archive(next);
    if (next != value + 1)
      throw std::runtime_error("not next");
  }
  bool operator==(const by_save_and_load&) const = default;
  int value;
};

template <class T> struct minimal {
  explicit minimal(T v = {}) : value(std::move(v)) {}
  template <class Archive> T save_minimal(const Archive&) const { return value; }
  template <class Archive> void load_minimal(const Archive&, const T& v) { value = v; }
  bool operator==(const minimal&) const = default;
  T value;
};

struct versioned {
  explicit versioned(int v = 0) : value(v) {}
  template <class Archive> void serialize(Archive& archive, const std::uint32_t version) {
    archive(value);
    seen = version;
  }
  bool operator==(const versioned& other) const { return value == other.value; }
  int value;
  std::uint32_t seen = 0;
};

class by_access {
public:
  by_access() = default;
  static by_access of(int v) {
    by_access made;
    made.value_ = v;
    return made;
  }
  bool operator==(const by_access&) const = default;

private:
  friend class cereal::access;
  template <class Archive> void serialize(Archive& archive) { archive(value_); }
  int value_ = 0;
};

struct derived : by_member {
  explicit derived(int v = 0, std::string t = {}) : by_member(v), text(std::move(t)) {}
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<by_member>(this), text); }
  bool operator==(const derived&) const = default;
  std::string text;
};

struct derived_from_aggregate : padded {
  explicit derived_from_aggregate(padded p = {}, int v = 0) : padded(p), value(v) {}
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<padded>(this), value); }
  bool operator==(const derived_from_aggregate&) const = default;
  int value;
};

struct raw_block {
  explicit raw_block(int first = 0) : numbers{first, first + 1, first + 2} {}
  template <class Archive> void serialize(Archive& archive) {
    archive(cereal::make_size_tag(size), cereal::binary_data(numbers, sizeof numbers));
  }
  bool operator==(const raw_block&) const = default;
  std::size_t size = 3;
  int numbers[3];
};

struct visits_nothing {
  template <class Archive> void serialize(Archive&) {}
  visits_nothing() {}
  bool operator==(const visits_nothing&) const = default;
};

struct made_in_place {
  explicit made_in_place(int v) : value(v) {}
  template <class Archive> void serialize(Archive& archive) { archive(value); }
  template <class Archive>
  static void load_and_construct(Archive& archive, cereal::construct<made_in_place>& construct) {
    int v = 0;
    archive(v);
    construct(v);
  }
  int value;
};

struct animal {
  virtual ~animal() = default;
  virtual std::string name() const = 0;
  template <class Archive> void serialize(Archive&) {}
};
struct dog : animal {
  std::string name() const override { return "dog " + tag; }
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<animal>(this), tag); }
  std::string tag;
};
struct cat : animal {
  std::string name() const override { return "cat"; }
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<animal>(this)); }
};
struct stray : animal {
  std::string name() const override { return "stray"; }
};

// Remembers the most that was asked for at once.
std::size_t largest_request = 0;
template <class T> struct watching_allocator {
  using value_type = T;
  watching_allocator() = default;
  template <class U> watching_allocator(const watching_allocator<U>&) {}
  T* allocate(std::size_t n) {
    largest_request = std::max(largest_request, n * sizeof(T));
    return std::allocator<T>{}.allocate(n);
  }
  void deallocate(T* p, std::size_t n) { std::allocator<T>{}.deallocate(p, n); }
  bool operator==(const watching_allocator&) const = default;
};

// A graph as cereal's documentation has it: what nodes refer to comes behind all nodes.
class vertex {
public:
  vertex() = default;
  explicit vertex(int i) : number(i) {}
  bool operator==(const vertex& other) const { return number == other.number && texts == other.texts; }
  bool operator<(const vertex& other) const { return number < other.number; }
  template <class Archive> void serialize(Archive& archive) {
    archive(number, cereal::defer(edges), cereal::defer(texts));
  }

  int number = 0;
  std::vector<std::shared_ptr<vertex>> edges{};
  std::vector<std::string> texts{std::to_string(number)};
};
struct with_constant {
  const int number = 0;
  vertex at{};
  bool operator==(const with_constant& other) const { return number == other.number && at == other.at; }
};

chain links(int count) {
  chain first;
  for (int i = 0; i < count; ++i) {
    auto next = std::make_unique<chain>(std::move(first));
    first.value = i + 1;
    first.next = std::move(next);
  }
  return first;
}
void unlink(chain& first) {
  for (auto rest = std::move(first.next); rest != nullptr;)
    rest = std::move(rest->next);
}

} // namespace

template <> inline constexpr bool crosspool::crosses_as_bytes<constant_bytes> = true;

CEREAL_CLASS_VERSION(versioned, 42)
CEREAL_REGISTER_TYPE(dog)
CEREAL_REGISTER_TYPE(cat)

TEST_CASE("numbers, bool and enums") {
  CHECK(survives(0));
  CHECK(survives(std::numeric_limits<long long>::min()));
  CHECK(survives(std::numeric_limits<std::uint64_t>::max()));
  CHECK(survives('x'));
  CHECK(survives(u'\u00e4'));
  CHECK(survives(-0.1f));
  CHECK(survives(std::numeric_limits<double>::denorm_min()));
  CHECK(survives(0.1L));
  CHECK(std::isnan(there_and_back(std::nan(""))));
  CHECK(survives(true));
  CHECK(survives(false));
  CHECK(survives(green));
  CHECK(survives(scoped::low));
  CHECK(encoded(true).size() == 1);
  CHECK(encoded(std::uint16_t{1}).size() == 2);
}

TEST_CASE("strings") {
  CHECK(survives(std::string()));
  CHECK(survives(std::string("a\0b", 3)));
  CHECK(survives(std::string(100000, 'x')));
  CHECK(survives(std::u16string(u"\u00e4\u00f6")));
  CHECK(survives(std::wstring(L"wide")));
}

TEST_CASE("aggregates") {
  CHECK(survives(empty{}));
  CHECK(survives(packed{1, 2.5f, {3, 4}}));
  CHECK(survives(padded{'a', 0.5}));
  CHECK(survives(nested{{1, 2, {3, 4}}, {{'a', 1}, {'b', 2}}, {}, "text", true}));
  CHECK(survives(tree{1, {{2, {{3, {}}}}, {4, {}}}}));
  CHECK(survives(tagged{{}, 1, "b"}));
  CHECK(survives(std::vector<tagged>{{{}, 1, "b"}, {{}, 2, "c"}}));
  CHECK(survives(renamed{{'a', 0.5}}));
}

TEST_CASE("aggregates with const members are built of them") {
  const constants some{1, "b", true};
  CHECK(survives(some));
  CHECK(survives(constants_with_defaults{"x", {1, 2}}));
  CHECK(survives(constants_within{{}, 1, some, {"x", {1, 2}}}));
  CHECK(survives(array_of_constants{{some, {2, "c", false}}, "d"}));
  CHECK(survives(constant_tree{1, {{2, {{3, {}}}}, {4, {}}}}));
  CHECK(survives(constant_numbers{1, 2.5f}));
  CHECK(encoded(constant_numbers{1, 2.5f}).size() == sizeof(constant_numbers));
  const int n = 3;
  CHECK(survives(constant_bytes{1, &n}));
  CHECK(survives(visits_constants("b")));
  CHECK(truncations_taken(some) == 0);
  CHECK(truncations_taken(std::vector<constants>{some, some}) == 0);
}

TEST_CASE("aggregates with const members in containers") {
  const constants some{1, "b", true};
  const constants_with_defaults other{"x", {1, 2}};
  CHECK(survives(std::vector<constants>{}));
  CHECK(survives(std::vector<constants>{some, {2, "c", false}}));
  CHECK(survives(std::vector<constants_with_defaults>{other, {}}));
  CHECK(survives(std::vector<constant_numbers>{{1, 2.5f}, {3, 4}}));
  CHECK(survives(std::vector<constant_bytes>{{1, nullptr}, {2, nullptr}}));
  CHECK(survives(std::vector<array_of_constants>{{{some, some}, "d"}}));
  CHECK(survives(std::vector<std::array<constants, 2>>{{some, some}}));
  CHECK(survives(std::vector<std::optional<constants>>{{}, some}));
  CHECK(survives(std::deque<constants_with_defaults>{other, {}}));
  CHECK(survives(std::map<std::string, constants>{{"a", some}, {"b", {2, "c", false}}}));
  CHECK(survives(std::map<std::string, std::vector<constants_within>>{{"a", {{{}, 1, some, other}}}}));
  CHECK(survives(std::optional<constants>{}));
  CHECK(survives(std::optional<constants>{some}));
  CHECK(survives(std::optional<constants_with_defaults>{other}));
  CHECK(survives(std::array<constants, 2>{some, some}));
  CHECK(survives(std::pair<constants_with_defaults, int>{other, 1}));
  CHECK(survives(std::tuple<int, constants_with_defaults>{1, other}));
  CHECK(survives(std::variant<int, constants_with_defaults>{other}));
  CHECK(*there_and_back(std::make_unique<constants_with_defaults>(other)) == other);
  CHECK(*there_and_back(std::make_shared<constants_with_defaults>(other)) == other);
  CHECK_THROWS_AS((decode_all<std::vector<constants>>(claim(std::uint64_t{1} << 40U, 8))), crosspool::error);
  CHECK_THROWS_AS((decode_all<std::map<int, constants>>(claim(std::uint64_t{1} << 40U, 8))), crosspool::error);
}

TEST_CASE("what cannot be moved is loaded where it is") {
  auto object = std::make_unique<stays_where_it_is>();
  object->a.emplace(3);
  bytes buffer;
  encode(buffer, object);
  CHECK(decode_all<std::unique_ptr<stays_where_it_is>>(buffer)->a->load() == 3);
}

TEST_CASE("an object that cannot be replaced is left whole") {
  const auto buffer = encoded(constant_that_fails{fails_to_copy(3)});
  std::vector<int> values;
  for (int copies = 0; values.empty() || values.back() != 3; ++copies) {
    constant_that_fails object{fails_to_copy(5)};
    crosspool::input_archive archive(buffer);
    fails_to_copy::copies_left = copies;
    try {
      archive(object);
    } catch (const std::bad_alloc&) { // as meant
    }
    values.push_back(object.a.value);
  }
  fails_to_copy::copies_left = -1;
  REQUIRE(values.size() >= 2);
  CHECK(values[values.size() - 2] == 7); // the last copy is into the object
  CHECK(std::all_of(values.begin(), values.end() - 2, [](int value) { return value == 5; }));
}

TEST_CASE("only what has no padding goes as a block") {
  STATIC_REQUIRE(block<packed>);
  STATIC_REQUIRE(block<packed[2]>);
  STATIC_REQUIRE(block<scoped>);
  STATIC_REQUIRE_FALSE(block<padded>);
  STATIC_REQUIRE_FALSE(block<bool>);
  STATIC_REQUIRE_FALSE(block<bool[2]>);
  STATIC_REQUIRE_FALSE(block<empty>);
  STATIC_REQUIRE_FALSE(block<int*>);
  STATIC_REQUIRE_FALSE(block<by_member>);
  STATIC_REQUIRE_FALSE(block<nested>);
  CHECK(encoded(padded{'a', 0.5}).size() == sizeof(char) + sizeof(double));
}

TEST_CASE("arrays") {
  struct rows {
    int numbers[2][3];
    std::string texts[2];
    bool operator==(const rows&) const = default;
  };
  CHECK(survives(rows{{{1, 2, 3}, {4, 5, 6}}, {"a", "b"}}));
  CHECK(survives(std::array<int, 3>{1, 2, 3}));
  CHECK(survives(std::array<std::string, 2>{"a", "b"}));
  CHECK(survives(std::array<empty, 2>{}));
}

TEST_CASE("vectors") {
  CHECK(survives(std::vector<int>{}));
  CHECK(survives(std::vector<int>{1, 2, 3}));
  CHECK(survives(std::vector<std::string>{"", "b"}));
  CHECK(survives(std::vector<packed>{{1, 2, {3, 4}}, {5, 6, {7, 8}}}));
  CHECK(survives(std::vector<padded>{{'a', 1}, {'b', 2}}));
  CHECK(survives(std::vector<empty>(5)));
  CHECK(survives(std::vector<std::tuple<>>(5)));
  CHECK(survives(std::vector<bool>{true, false, true}));
  CHECK(survives(std::vector<scoped>{scoped::low, scoped::high}));
  CHECK(survives(std::vector<std::vector<bool>>{{}, {true}}));
  CHECK(survives(std::deque<padded>{{'a', 1}, {'b', 2}}));
}

TEST_CASE("maps, pairs, tuples, optionals and variants") {
  CHECK(survives(std::map<std::string, nested>{{"a", {}}, {"b", {{}, {{'x', 1}}, {}, "t", true}}}));
  CHECK(survives(std::map<scoped, std::vector<empty>>{{scoped::low, {}}, {scoped::high, {{}, {}}}}));
  CHECK(survives(std::multimap<int, bool>{{1, true}, {2, true}}));
  CHECK(survives(std::pair<bool, std::string>{true, "a"}));
  CHECK(survives(std::tuple<int, std::string, empty, bool>{1, "a", {}, true}));
  CHECK(survives(std::tuple<>{}));
  CHECK(survives(std::optional<padded>{}));
  CHECK(survives(std::optional<padded>{{'a', 1}}));
  CHECK(survives(std::optional<std::optional<bool>>{std::optional<bool>{}}));
  using choice = std::variant<std::monostate, int, std::string, std::vector<padded>>;
  CHECK(survives(choice{}));
  CHECK(survives(choice{5}));
  CHECK(survives(choice{"five"}));
  CHECK(survives(choice{std::vector<padded>{{'a', 1}}}));
  CHECK(survives(std::monostate{}));
}

TEST_CASE("smart pointers") {
  CHECK(there_and_back(std::unique_ptr<int>()) == nullptr);
  CHECK(*there_and_back(std::make_unique<std::string>("a")) == "a");
  CHECK(*there_and_back(std::make_shared<padded>(padded{'a', 1})) == padded{'a', 1});
  CHECK(there_and_back(std::make_unique<std::unique_ptr<int>>())->get() == nullptr);

  chain two{1, std::make_unique<chain>(chain{2, nullptr})};
  const auto back = there_and_back(two);
  CHECK(back.next->value == 2);
  CHECK(back.next->next == nullptr);
}

TEST_CASE("what is shared within a value is shared again") {
  const auto shared = std::make_shared<int>(7);
  const auto back = there_and_back(two_names{shared, shared});
  CHECK(*back.a == 7);
  CHECK(back.a == back.b);
  CHECK(back.a != shared);
  const auto apart = there_and_back(two_names{std::make_shared<int>(7), std::make_shared<int>(7)});
  CHECK(apart.a != apart.b);
  const std::vector<std::shared_ptr<int>> many(3, shared);
  CHECK(there_and_back(many)[2].use_count() == 3);
}

TEST_CASE("classes with cereal functions of their own") {
  CHECK(survives(by_member(3)));
  CHECK(survives(by_operator(3)));
  CHECK(survives(by_function("text")));
  CHECK(survives(by_save_and_load(3)));
  CHECK(survives(minimal<int>(3)));
  CHECK(survives(minimal<std::string>("three")));
  CHECK(survives(minimal<bool>(true)));
  CHECK(survives(versioned(3)));
  CHECK(there_and_back(versioned(3)).seen == 42);
  CHECK(survives(by_access::of(3)));
  CHECK(survives(derived(3, "text")));
  CHECK(survives(derived_from_aggregate({'a', 1}, 2)));
  CHECK(survives(raw_block(3)));
  CHECK(survives(visits_nothing()));
  CHECK(survives(std::vector<by_member>{by_member(1), by_member(2)}));
  CHECK(survives(std::vector<visits_nothing>(4)));
  CHECK(survives(std::vector<versioned>{versioned(1), versioned(2)}));
  CHECK(survives(std::map<int, std::optional<derived>>{{1, {}}, {2, derived(3, "text")}}));
}

TEST_CASE("what an object's load function throws is let through") {
  auto buffer = encoded(by_save_and_load(3));
  buffer[0] = std::byte{9};
  CHECK_THROWS_WITH(decode_all<by_save_and_load>(buffer), "not next");
}

TEST_CASE("pointers to registered polymorphic classes keep their class") {
  auto fido = std::make_shared<dog>();
  fido->tag = "fido";
  std::vector<std::shared_ptr<animal>> animals{fido, std::make_shared<cat>(), nullptr, fido};
  const auto back = there_and_back(animals);
  REQUIRE(back.size() == 4);
  CHECK(back[0]->name() == "dog fido");
  CHECK(back[1]->name() == "cat");
  CHECK(back[2] == nullptr);
  CHECK(back[3] == back[0]);
  CHECK(there_and_back(std::unique_ptr<animal>(std::make_unique<cat>()))->name() == "cat");
}

TEST_CASE("a polymorphic class that is not registered throws when it is sent") {
  CHECK_THROWS_AS(encoded(std::unique_ptr<animal>(std::make_unique<stray>())), cereal::Exception);
  CHECK_THROWS_WITH(encoded(std::vector<std::shared_ptr<animal>>{std::make_shared<stray>()}),
                    Catch::Contains("stray") && Catch::Contains("#include <crosspool/archive.hpp>"));
}

TEST_CASE("values follow one another in a buffer") {
  bytes buffer;
  encode(buffer, 1);
  encode(buffer, std::string("two"));
  encode(buffer, empty{});
  encode(buffer, std::vector<bool>{true});
  byte_view rest = buffer;
  CHECK(decode<int>(rest) == 1);
  CHECK(decode<std::string>(rest) == "two");
  decode<empty>(rest);
  CHECK(decode<std::vector<bool>>(rest) == std::vector<bool>{true});
  CHECK(rest.empty());
}

TEST_CASE("truncated input throws, whatever its length") {
  CHECK(truncations_taken(1.5) == 0);
  CHECK(truncations_taken(true) == 0);
  CHECK(truncations_taken(empty{}) == 0);
  CHECK(truncations_taken(std::string("text")) == 0);
  CHECK(truncations_taken(nested{{1, 2, {3, 4}}, {{'a', 1}, {'b', 2}}, {}, "text", true}) == 0);
  CHECK(truncations_taken(tree{1, {{2, {{3, {}}}}, {4, {}}}}) == 0);
  CHECK(truncations_taken(std::vector<packed>(3)) == 0);
  CHECK(truncations_taken(std::vector<empty>(3)) == 0);
  CHECK(truncations_taken(std::vector<bool>(3)) == 0);
  CHECK(truncations_taken(std::map<std::string, int>{{"a", 1}, {"b", 2}}) == 0);
  CHECK(truncations_taken(std::variant<int, std::string>("text")) == 0);
  CHECK(truncations_taken(std::optional<int>(1)) == 0);
  CHECK(truncations_taken(two_names{std::make_shared<int>(1), nullptr}) == 0);
  CHECK(truncations_taken(versioned(3)) == 0);
  CHECK(truncations_taken(derived(3, "text")) == 0);
  CHECK(truncations_taken(raw_block(3)) == 0);
  CHECK(truncations_taken(std::unique_ptr<animal>(std::make_unique<dog>())) == 0);
}

TEST_CASE("what ends too early is a crosspool::error") {
  CHECK_THROWS_AS(decode_all<int>({}), crosspool::error);
  CHECK_THROWS_AS(decode_all<nested>(bytes(5)), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::string>(claim(5, 4)), crosspool::error);
}

TEST_CASE("a claimed number of elements larger than the message is not believed") {
  const auto filler = GENERATE(std::size_t{0}, std::size_t{8});
  const auto count = GENERATE(std::uint64_t{9}, std::uint64_t{1} << 40U, std::uint64_t{1} << 61U, ~std::uint64_t{0});
  const auto buffer = claim(count, filler);
  CHECK_THROWS_AS(decode_all<std::string>(buffer), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::u32string>(buffer), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::vector<int>>(buffer), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::vector<packed>>(buffer), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::vector<padded>>(buffer), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::vector<empty>>(buffer), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::vector<bool>>(buffer), crosspool::error);
  CHECK_THROWS_AS(decode_all<std::deque<int>>(buffer), crosspool::error);
  CHECK_THROWS_AS((decode_all<std::map<int, int>>(buffer)), crosspool::error);
}

TEST_CASE("no memory is taken for elements that the message cannot hold") {
  struct page {
    char text[4096];
  };
  largest_request = 0;
  const auto buffer = claim(1000, 5000);
  CHECK_THROWS_AS((decode_all<std::vector<page, watching_allocator<page>>>(buffer)), crosspool::error);
  CHECK(largest_request <= buffer.size());
}

TEST_CASE("any byte makes a bool") {
  CHECK(decode_all<bool>({std::byte{200}}));
  CHECK(decode_all<std::vector<bool>>({claim(1, 1)}) == std::vector<bool>{false});
  CHECK(decode_all<minimal<bool>>({std::byte{200}}).value);
}

TEST_CASE("no alternative and no pointer is made up") {
  using choice = std::variant<int, std::string>;
  const auto index = GENERATE(-1, 2, std::numeric_limits<std::int32_t>::min());
  auto buffer = encoded(choice{5});
  std::memcpy(buffer.data(), &index, sizeof index);
  CHECK_THROWS_AS(decode_all<choice>(buffer), std::exception);

  const std::uint32_t unknown_id = 9;
  CHECK_THROWS_AS(decode_all<std::shared_ptr<int>>(encoded(unknown_id)), std::exception);
}

TEST_CASE("a path is sent as its native string") {
  CHECK(survives(std::filesystem::path()));
  CHECK(survives(std::filesystem::path("/a/b.c")));
  CHECK(survives(std::map<std::filesystem::path, std::vector<std::filesystem::path>>{{"a", {"b", "c/"}}}));
  CHECK(encoded(std::filesystem::path("/a")) == encoded(std::string("/a")));
  CHECK(truncations_taken(std::filesystem::path("/a/b")) == 0);
}

TEST_CASE("a pointee that cereal constructs needs no default constructor") {
  STATIC_REQUIRE(crosspool::crossable<std::unique_ptr<made_in_place>>);
  CHECK(there_and_back(std::make_unique<made_in_place>(3))->value == 3);
  CHECK(there_and_back(std::make_shared<made_in_place>(4))->value == 4);
}

TEST_CASE("what is deferred arrives") {
  std::vector<std::shared_ptr<vertex>> graph;
  for (int i = 0; i < 3; ++i)
    graph.push_back(std::make_shared<vertex>(i));
  for (const auto& each : graph)
    each->edges = {graph[0], graph[1]};
  const auto there = there_and_back(graph);
  for (const auto& each : graph)
    each->edges.clear();
  REQUIRE(there.size() == 3);
  for (const auto& each : there) {
    CHECK(each->texts.size() == 1);
    CHECK(each->edges == std::vector{there[0], there[1]});
  }
  for (const auto& each : there)
    each->edges.clear();
}

TEST_CASE("what is deferred arrives in what is moved when it is read, too") {
  CHECK(survives(vertex(4)));
  CHECK(survives(with_constant{1, vertex(4)}));
  CHECK(survives(std::vector<with_constant>{{1, vertex(4)}, {2, vertex(5)}}));
  CHECK(survives(std::optional(with_constant{1, vertex(4)})));
  CHECK(survives(std::map<int, vertex>{{1, vertex(4)}, {2, vertex(5)}}));
  CHECK(survives(std::map<int, std::vector<vertex>>{{1, {vertex(4), vertex(5)}}}));
  CHECK(survives(std::set<vertex>{vertex(4), vertex(5)}));
  CHECK(survives(std::variant<int, vertex>(vertex(4))));
  CHECK(survives(std::array{vertex(4), vertex(5)}));
  std::map<int, std::shared_ptr<vertex>> pointers{{1, std::make_shared<vertex>(4)}};
  pointers[2] = pointers[1];
  const auto back = there_and_back(pointers);
  CHECK(*back.at(1) == vertex(4));
  CHECK(back.at(1) == back.at(2));
}

TEST_CASE("arrays of nothing are nothing, and arrays of blocks are blocks") {
  CHECK(survives(std::array<int, 0>()));
  CHECK(survives(std::array<std::string, 0>()));
  CHECK(survives(std::vector<std::array<double, 0>>(3)));
  CHECK(survives(std::array{true, false}));
  CHECK(survives(std::array<std::string, 2>{"a", "b"}));
  STATIC_REQUIRE(block<std::array<std::array<int, 2>, 3>>);
  STATIC_REQUIRE_FALSE(block<std::array<bool, 2>>);
  STATIC_REQUIRE_FALSE(block<std::array<padded, 2>>);
  STATIC_REQUIRE_FALSE(block<std::array<int, 0>>);
  CHECK(encoded(std::vector<std::array<short, 3>>(2)).size() == sizeof(std::uint64_t) + 12);
}

TEST_CASE("valarrays") {
  const auto equals = [](const auto& a) {
    const auto back = there_and_back(a);
    return std::equal(std::begin(a), std::end(a), std::begin(back), std::end(back));
  };
  CHECK(equals(std::valarray<double>{1, 2, 3}));
  CHECK(equals(std::valarray<std::string>{"a", "b"}));
  CHECK(equals(std::valarray<bool>{true, false}));
  CHECK(there_and_back(std::valarray<double>()).size() == 0);
  CHECK(there_and_back(std::valarray<std::string>()).size() == 0);
  CHECK(there_and_back(std::vector<std::valarray<int>>(2)).size() == 2);
  CHECK(truncations_taken(std::valarray<double>{1, 2, 3}) == 0);
  CHECK_THROWS_AS(decode_all<std::valarray<int>>(claim(9, 8)), crosspool::error);
}

TEST_CASE("elements that are larger than what they are read from are made one by one") {
  struct page {
    char text[4096];
  };
  using pages = std::vector<std::optional<page>, watching_allocator<std::optional<page>>>;
  largest_request = 0;
  CHECK_THROWS_AS(decode_all<pages>(claim(1000, 999)), crosspool::error);
  CHECK(largest_request <= 2 * sizeof(page)); // none is there
  pages some(3);
  some[1].emplace().text[7] = 'x';
  const auto back = there_and_back(some);
  REQUIRE(back.size() == 3);
  CHECK(back[1]->text[7] == 'x');
  CHECK_FALSE(back[2]);
  CHECK(there_and_back(std::list<std::optional<page>>(3)).size() == 3);
}

TEST_CASE("what is large is read where it stays") {
  struct large {
    std::array<char, std::size_t{24} << 20U> data{};
    std::string text{};
  };
  const auto is_back = [](const auto& container, auto get) {
    bytes sent;
    encode(sent, container);
    byte_view rest = sent;
    const auto back = std::make_unique<std::remove_cvref_t<decltype(container)>>();
    decode_into(rest, *back);
    return rest.empty() && get(*back).data[7] == 'x' && get(*back).text == "text";
  };
  const auto fill = [](large& with) {
    with.data[7] = 'x';
    with.text = "text";
  };
  std::vector<large> several(1);
  fill(several[0]);
  CHECK(is_back(several, [](auto& c) -> auto& { return c.at(0); }));
  std::list<large> list(1);
  fill(list.front());
  CHECK(is_back(list, [](auto& c) -> auto& { return c.front(); }));
  std::map<int, large> map;
  fill(map[1]);
  CHECK(is_back(map, [](auto& c) -> auto& { return c.at(1); }));
  const auto owned = std::make_unique<large>();
  fill(*owned);
  CHECK(is_back(owned, [](auto& c) -> auto& { return *c; }));
  CHECK(is_back(*owned, [](auto& c) -> auto& { return c; }));
}

TEST_CASE("a value that is too deep for the stack is an error, not the end") {
  auto shallow = links(500), deep = links(1'000'000);
  CHECK(there_and_back(shallow).value == 500);
  bytes sent;
  CHECK_THROWS_WITH(encode(sent, deep), Catch::Contains("more deeply than the stack"));
  unlink(deep);
  unlink(shallow);

  // Each level is a byte for the pointer, and a number.
  bytes message(std::size_t{5} * 1'000'000, std::byte{1});
  byte_view rest = message;
  CHECK_THROWS_WITH(decode<chain>(rest), Catch::Contains("more deeply than the stack"));
}

TEST_CASE("a thread's stack is as deep as it is") {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, std::size_t{1} << 20U);
  const auto run = [](void*) -> void* {
    auto some = links(20'000);
    bytes sent;
    CHECK_THROWS_WITH(encode(sent, some), Catch::Contains("more deeply than the stack"));
    unlink(some);
    return nullptr;
  };
  pthread_t thread{};
  REQUIRE(pthread_create(&thread, &attributes, run, nullptr) == 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
}
