// Types of the standard library: each crosses and arrives, or is refused for what it is.
#include <cereal/types/atomic.hpp>
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

#include <algorithm>
#include <any>
#include <array>
#include <bitset>
#include <chrono>
#include <cmath>
#include <compare>
#include <complex>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <deque>
#include <exception>
#include <filesystem>
#include <forward_list>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <iterator>
#include <latch>
#include <limits>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <numbers>
#include <optional>
#include <queue>
#include <random>
#include <ranges>
#include <regex>
#include <set>
#include <span>
#include <sstream>
#include <stack>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <tuple>
#include <typeindex>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <valarray>
#include <variant>
#include <vector>

#include "battery.hpp"

using battery::arrives;
using battery::is_sound;

namespace {

enum plain { one, two = 70000 };
enum class scoped : signed char { low = -1, high = 1 };
struct by_length {
  bool operator()(const std::string& a, const std::string& b) const { return a.size() < b.size(); }
};
struct job {
  int id;
  std::array<double, 0> extra;
  bool operator==(const job& other) const { return id == other.id; }
};
struct has_path {
  int id;
  std::filesystem::path file;
  bool operator==(const has_path&) const = default;
};

const auto same_pointee = [](const auto& a, const auto& b) {
  return (a == nullptr) == (b == nullptr) && (!a || *a == *b);
};
const auto same_elements = [](const auto& a, const auto& b) {
  return a.size() == b.size() && std::equal(std::begin(a), std::end(a), std::begin(b));
};
template <class Container> Container pushed(std::initializer_list<typename Container::value_type> values) {
  Container made;
  for (const auto& each : values)
    made.push(each);
  return made;
}

} // namespace

TEST_CASE("numbers, enums and characters") {
  arrives(true);
  arrives('c');
  arrives(char8_t{'c'});
  arrives(char16_t{u'c'});
  arrives(char32_t{U'c'});
  arrives(L'c');
  arrives(std::numeric_limits<signed char>::min());
  arrives(std::numeric_limits<std::uint16_t>::max());
  arrives(std::numeric_limits<int>::min());
  arrives(std::numeric_limits<long>::min());
  arrives(std::numeric_limits<std::uint64_t>::max());
  arrives(std::numeric_limits<long long>::max());
  arrives(std::numeric_limits<float>::denorm_min());
  arrives(-std::numeric_limits<double>::infinity());
  arrives(std::numeric_limits<double>::quiet_NaN(), [](double a, double b) { return std::isnan(a) && std::isnan(b); });
  arrives(std::numbers::pi_v<long double>);
  arrives(two);
  arrives(scoped::low);
  arrives(std::byte{3});
  arrives(std::errc::invalid_argument);
  arrives(std::monostate());
}

TEST_CASE("strings, with what ends strings elsewhere in them") {
  arrives(std::string("a\0b", 3));
  arrives(std::string());
  arrives(std::string(100000, 'x'));
  arrives(std::wstring(L"wide"));
  arrives(std::u8string(u8"eight"));
  arrives(std::u16string(u"sixteen"));
  arrives(std::u32string(U"thirty-two"));
}

TEST_CASE("containers, empty and full") {
  arrives(std::vector<int>{1, 2});
  arrives(std::vector<int>());
  arrives(std::vector<bool>{true, false, true});
  arrives(std::vector<std::string>{"a", "", "c"});
  arrives(std::vector<std::vector<std::vector<int>>>{{{1}, {}}, {}, {{2, 3}}});
  arrives(std::array<int, 3>{1, 2, 3});
  arrives(std::array<std::string, 2>{"a", "b"});
  arrives(std::array<bool, 2>{true, false});
  arrives(std::array<std::array<std::string, 1>, 2>{{{"a"}, {"b"}}});
  arrives(std::deque<std::string>{"a", "b"});
  arrives(std::deque<bool>{true, false});
  arrives(std::list<int>{1, 2});
  arrives(std::forward_list<std::string>{"a", "b"});
  arrives(std::map<std::string, std::vector<int>>{{"a", {1}}, {"b", {}}});
  arrives(std::multimap<int, std::string>{{1, "a"}, {1, "b"}});
  arrives(std::set<std::string>{"a", "b"});
  arrives(std::multiset<int>{1, 1, 2});
  arrives(std::unordered_map<std::string, int>{{"a", 1}, {"b", 2}});
  arrives(std::unordered_multimap<int, int>{{1, 1}, {1, 2}});
  arrives(std::unordered_set<int>{1, 2});
  arrives(std::unordered_multiset<int>{1, 1});
  arrives(std::multiset<std::string, by_length>{"a", "b", "aa", "bb"}); // in this order
  arrives(std::multimap<int, bool>{{1, true}, {1, false}, {1, true}, {0, false}});
  arrives(pushed<std::stack<int>>({1, 2}));
  arrives(pushed<std::queue<std::string>>({"a", "b"}));
  arrives(pushed<std::priority_queue<int>>({1, 3, 2}),
          [](const auto& a, const auto& b) { return a.size() == b.size() && a.top() == b.top(); });
  arrives(std::map<std::string, std::map<int, std::set<std::string>>>{{"a", {{1, {"b"}}}}});
  arrives(std::vector<std::map<int, std::string>>{{{1, "a"}}, {}});
}

TEST_CASE("tuples, optionals, variants") {
  arrives(std::pair<int, std::string>(1, "a"));
  arrives(std::tuple<int, bool, std::string>(1, true, "a"));
  arrives(std::tuple<>());
  arrives(std::tuple<std::tuple<std::tuple<int>>>());
  arrives(std::optional<int>(3));
  arrives(std::optional<std::string>());
  arrives(std::optional<std::optional<bool>>(std::optional<bool>()));
  arrives(std::variant<int, std::string>("a"));
  arrives(std::variant<std::monostate, int, std::vector<bool>>());
  arrives(std::variant<int, int>(std::in_place_index<1>, 3));
  arrives(std::vector<std::variant<int, std::string>>{1, "a"});
}

TEST_CASE("smart pointers") {
  arrives(std::make_unique<std::string>("a"), same_pointee);
  arrives(std::unique_ptr<int>(), same_pointee);
  arrives(std::make_unique<std::unique_ptr<int>>(std::make_unique<int>(3)),
          [](const auto& a, const auto& b) { return **a == **b; });
  arrives(std::make_shared<int>(3), same_pointee);
  arrives(std::shared_ptr<const std::string>(std::make_shared<std::string>("a")), same_pointee);
  const auto shared = std::make_shared<int>(3);
  arrives(std::vector<std::shared_ptr<int>>{shared, shared, nullptr},
          [](const auto& a, const auto& b) { return *a[0] == *b[0] && a[0] == a[1] && a[2] == nullptr; });
  arrives(std::pair<std::shared_ptr<int>, std::weak_ptr<int>>(shared, shared),
          [](const auto& a, const auto& b) { return *a.first == *b.first && a.second.lock() == a.first; });
  std::vector<std::unique_ptr<int>> owners;
  owners.push_back(std::make_unique<int>(3));
  owners.emplace_back();
  arrives(owners, [](const auto& a, const auto& b) { return a.size() == b.size() && *a[0] == *b[0] && !a[1]; });
  REFUSED(no_serialize_function, "", std::unique_ptr<int[]>);
  REFUSED(no_serialize_function, "", std::shared_ptr<int[]>);
  REFUSED(no_serialize_function, "", std::unique_ptr<void>);
  REFUSED(raw_pointer, "->", std::unique_ptr<int*>);
}

TEST_CASE("a weak_ptr whose object does not go along is refused, or said not to cross") {
  const auto shared = std::make_shared<int>(3);
  if constexpr (crosspool::crossable<std::weak_ptr<int>>)
    CHECK_FALSE(crosspool::crosses(std::weak_ptr<int>(shared)));
  is_sound(std::weak_ptr<int>(), [](const auto& a, const auto&) { return a.expired(); });
}

TEST_CASE("numbers in other forms, and time") {
  arrives(std::bitset<0>());
  arrives(std::bitset<70>(12345));
  arrives(std::complex<double>(1, 2));
  arrives(std::vector<std::complex<float>>{{1, 2}});
  arrives(std::valarray<int>{1, 2}, same_elements);
  arrives(std::chrono::nanoseconds(5));
  arrives(std::chrono::duration<double, std::ratio<60>>(1.5));
  arrives(std::chrono::system_clock::time_point(std::chrono::seconds(7)));
  arrives(std::map<std::chrono::milliseconds, std::string>{{std::chrono::milliseconds(1), "a"}});
}

TEST_CASE("paths cross") {
  arrives(std::filesystem::path("folder/a b"));
  arrives(std::filesystem::path());
  arrives(std::filesystem::directory_entry("."));
  arrives(std::vector<std::filesystem::directory_entry>(2));
  arrives(has_path{1, "relative/file.txt"});
  arrives(std::vector<std::filesystem::path>{"a", "b/c"});
  arrives(std::map<std::string, std::filesystem::path>{{"k", "v"}});
}

TEST_CASE("what refers to memory is refused") {
  REFUSED(view, "", std::string_view);
  REFUSED(view, "", std::span<int>);
  REFUSED(view, "", std::span<const double, 3>);
  REFUSED(view, "", std::initializer_list<int>);
  REFUSED(view, "[]", std::vector<std::string_view>);
  REFUSED(view, "", decltype(std::views::iota(1, 2)));
  REFUSED(reference, "", std::reference_wrapper<int>);
  REFUSED(reference, ".<0>", std::tuple<int&, int>);
  REFUSED(iterator, "", std::vector<int>::iterator);
  REFUSED(iterator, "", std::list<int>::const_iterator);
  REFUSED(raw_pointer, "", int*);
  REFUSED(raw_pointer, "", std::nullptr_t);
  REFUSED(raw_pointer, "[].key", std::map<const char*, int>);
  REFUSED(raw_pointer, "[].value", std::map<int, void*>);
  REFUSED(raw_pointer, ".<1>", std::variant<int, int*>);
  REFUSED(function_pointer, "", int (*)(int));
  REFUSED(function_pointer, "", int(std::string::*)() const);
}

TEST_CASE("what belongs to a process or hides what it holds is refused") {
  REFUSED(os_handle, "", std::FILE*);
  REFUSED(os_handle, "", std::thread);
  REFUSED(os_handle, "", std::ofstream);
  REFUSED(os_handle, "", std::filesystem::directory_iterator);
  REFUSED(synchronization, "", std::mutex);
  REFUSED(synchronization, "", std::condition_variable);
  REFUSED(synchronization, "", std::unique_lock<std::mutex>);
  REFUSED(synchronization, "", std::latch);
  REFUSED(synchronization, "", std::future<int>);
  REFUSED(type_erased, "", std::function<int(int)>);
  REFUSED(type_erased, "", std::any);
  REFUSED(type_erased, "[]", std::vector<std::any>);
}

TEST_CASE("what the library knows nothing of is refused, or arrives") {
  is_sound(std::make_error_code(std::errc::io_error));
  is_sound(std::mt19937(3));
  is_sound(std::normal_distribution<double>(1, 2));
  is_sound(std::chrono::year_month_day(std::chrono::year(2024), std::chrono::month(2), std::chrono::day(29)));
  is_sound(std::chrono::Monday);
  is_sound(std::type_index(typeid(int)));
  is_sound(std::this_thread::get_id());
  is_sound(std::locale());
  is_sound(std::strong_ordering::less);
  is_sound(std::tm{}, [](const std::tm& a, const std::tm& b) { return a.tm_year == b.tm_year; });
  REFUSED_SOMEHOW(std::exception_ptr);
  REFUSED_SOMEHOW(std::regex);
  REFUSED_SOMEHOW(std::stringstream);
  REFUSED_SOMEHOW(std::type_index);
  REFUSED_SOMEHOW(decltype(std::bind(std::plus<int>(), 1, 2)));
  REFUSED_SOMEHOW(decltype(std::bind_front(std::plus<int>(), 1)));
  REFUSED_SOMEHOW(decltype(std::mem_fn(&std::string::size)));
  REFUSED_SOMEHOW(decltype(std::not_fn(std::logical_not<bool>())));
}

// Last, as they have ended the program.
TEST_CASE("arrays and containers of no element") {
  arrives(std::valarray<int>(), same_elements);
  arrives(std::array<std::string, 0>());
  arrives(std::array<double, 0>());
  arrives(job{3, {}});
  arrives(std::vector<std::array<int, 0>>(2));
}
