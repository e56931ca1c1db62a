// A value of every kind that crosses: for tests and fuzzers that read them from bytes which are not
// to be trusted.
#ifndef CROSSPOOL_TESTS_KINDS_OF_TYPES_HPP
#define CROSSPOOL_TESTS_KINDS_OF_TYPES_HPP

#include <crosspool/bytes/codec.hpp>

#include <cereal/types/bitset.hpp>
#include <cereal/types/chrono.hpp>
#include <cereal/types/complex.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/forward_list.hpp>
#include <cereal/types/list.hpp>
#include <cereal/types/polymorphic.hpp>
#include <cereal/types/queue.hpp>
#include <cereal/types/set.hpp>
#include <cereal/types/stack.hpp>
#include <cereal/types/unordered_map.hpp>
#include <cereal/types/unordered_set.hpp>
#include <cereal/types/valarray.hpp>

#include <array>
#include <bitset>
#include <chrono>
#include <complex>
#include <cstdint>
#include <deque>
#include <forward_list>
#include <initializer_list>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <stack>
#include <string>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

namespace kinds {

enum class color : unsigned char { red, green };

struct point { // a block
  double x = 0, y = 0;
};
struct nothing {};
struct job { // opened member by member
  int id = 0;
  bool urgent = false;
  std::string name;
  std::vector<point> samples;
};
struct sealed { // made by braces
  const int id = 0;
  const std::string name;
};
struct large { // of few bytes it says much
  std::array<std::string, 256> texts;
};
struct tree {
  int value = 0;
  std::vector<tree> children;
};
struct chain {
  std::unique_ptr<chain> next;
};
struct two_names { // of different things
  std::shared_ptr<int> number;
  std::shared_ptr<std::string> text;
  std::shared_ptr<std::string> same;
};

class versioned {
public:
  versioned() {}
  explicit versioned(std::string text) : text_(std::move(text)) {}
  template <class Archive> void serialize(Archive& archive, std::uint32_t version) {
    archive(text_, version_ = version);
  }

private:
  std::string text_;
  std::uint32_t version_ = 0;
};
class split {
public:
  split() {}
  explicit split(std::vector<std::string> lines) : lines_(std::move(lines)) {}
  template <class Archive> void save(Archive& archive) const { archive(cereal::make_nvp("lines", lines_)); }
  template <class Archive> void load(Archive& archive) { archive(lines_); }

private:
  std::vector<std::string> lines_;
};
class minimal {
public:
  minimal() {}
  template <class Archive> bool save_minimal(const Archive&) const { return flag_; }
  template <class Archive> void load_minimal(const Archive&, const bool& flag) { flag_ = flag; }

private:
  bool flag_ = true;
};
class raw_bytes {
public:
  raw_bytes() {}
  template <class Archive> void serialize(Archive& archive) { archive(cereal::binary_data(text_, sizeof text_)); }

private:
  char text_[24] = {};
};
class made_in_place {
public:
  explicit made_in_place(int value) : value_(value) {}
  template <class Archive> void serialize(Archive& archive) { archive(value_); }
  template <class Archive> static void load_and_construct(Archive& archive,
                                                          cereal::construct<made_in_place>& construct) {
    int value = 0;
    archive(value);
    construct(value);
  }

private:
  int value_;
};
struct animal {
  virtual ~animal() = default;
  template <class Archive> void serialize(Archive& archive) { archive(age); }
  int age = 0;
};
struct dog : animal {
  template <class Archive> void serialize(Archive& archive) { archive(cereal::base_class<animal>(this), name); }
  std::string name;
};

} // namespace kinds
CEREAL_CLASS_VERSION(kinds::versioned, 3)
CEREAL_REGISTER_TYPE(kinds::dog)

namespace kinds {

inline tree sample_tree() {
  return {1, {{2, {{3, {}}}}, {4, {}}}};
}
inline chain sample_chain() {
  chain made;
  for (int i = 0; i < 5; ++i)
    made = chain{std::make_unique<chain>(std::move(made))};
  return made;
}
inline two_names sample_two_names() {
  const auto text = std::make_shared<std::string>("shared");
  return {std::make_shared<int>(7), text, text};
}
template <class Container> Container filled(std::initializer_list<typename Container::value_type> values) {
  Container made;
  for (const auto& each : values)
    made.push(each);
  return made;
}
inline std::unique_ptr<animal> sample_dog() {
  auto made = std::make_unique<dog>();
  made->age = 3;
  made->name = "Hasso";
  return made;
}

/// A value of every kind, in a tuple. Of a valarray of numbers that is empty, cereal asks for the first.
inline auto samples() {
  using std::chrono::milliseconds;
  using clock = std::chrono::system_clock;
  std::vector<job> jobs(3);
  jobs[1] = {1, true, "one", {{1, 2}, {3, 4}}};
  std::vector<sealed> sealed_ones;
  sealed_ones.push_back({5, "five"});
  return std::tuple(
      true, 'c', -7, std::uint64_t{1} << 40U, 0.5, color::green, std::string("a string"), std::wstring(L"wide"),
      std::u16string(u"sixteen"), std::vector<int>{1, 2, 3}, std::vector<double>{1, 2}, std::vector<bool>{true, false},
      std::vector<std::string>{"a", "", "c"}, std::vector<std::vector<std::vector<short>>>{{{1}, {}}, {{2, 3}}},
      std::deque<std::string>{"x", "y"}, std::list<int>{1, 2}, std::forward_list<int>{1, 2},
      std::map<std::string, std::vector<int>>{{"k", {1}}, {"l", {}}}, std::multimap<int, int>{{1, 2}, {1, 3}},
      std::set<std::string>{"s", "t"}, std::multiset<int>{1, 1}, std::unordered_map<int, std::string>{{1, "u"}},
      std::unordered_set<int>{4}, filled<std::queue<int>>({1, 2}), filled<std::stack<std::string>>({"1", "2"}),
      filled<std::priority_queue<int>>({3, 1, 2}), std::optional<int>(), std::optional<std::string>("there"),
      std::vector<std::optional<bool>>{true, std::nullopt},
      std::variant<std::monostate, int, std::string, std::vector<bool>>("alternative"),
      std::pair<int, std::string>(1, "p"), std::tuple<bool, std::string, double>(true, "t", 3),
      std::array<int, 4>{1, 2, 3, 4}, std::array<std::string, 2>{"l", "r"}, std::bitset<70>(12345),
      std::valarray<std::string>{"v"}, milliseconds(5), clock::time_point(milliseconds(7)), std::complex<double>(1, 2),
      std::make_unique<std::string>("owned"), std::make_shared<int>(3),
      std::vector<std::shared_ptr<const std::string>>(2, std::make_shared<const std::string>("twice")),
      std::weak_ptr<int>(), sample_two_names(),
      std::tuple<std::shared_ptr<int>, std::shared_ptr<std::string>>(std::make_shared<int>(1),
                                                                     std::make_shared<std::string>("s")),
      std::vector<nothing>(3), std::vector<point>{{1, 2}}, job{2, false, "two", {}}, std::move(jobs), sealed{1, "s"},
      std::move(sealed_ones), std::map<int, sealed>{{1, {2, "m"}}}, std::vector<large>(1),
      std::list<std::array<std::string, 256>>(1), sample_tree(), sample_chain(), versioned("v"),
      std::vector<split>{split({"a", "b"})}, minimal(), raw_bytes(), std::make_unique<made_in_place>(3),
      std::make_shared<made_in_place>(4), sample_dog(),
      std::vector<std::shared_ptr<animal>>{std::make_shared<animal>(), sample_dog(), nullptr});
}

} // namespace kinds

template <class Tuple> struct types_in;
template <class... T> struct types_in<std::tuple<T...>> {
  using type = crosspool::detail::types<T...>;
};
using kinds_of_types = types_in<decltype(kinds::samples())>::type;

#endif
