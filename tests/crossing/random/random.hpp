// What generated types are held to, and what it means that two values of them are equal. Relies on no equality of the
// library's own, nor of the types'.
#ifndef CROSSPOOL_TESTS_CROSSING_RANDOM_HPP
#define CROSSPOOL_TESTS_CROSSING_RANDOM_HPP

#include <crosspool/crosses.hpp>

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

#include <cstdio>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <tuple>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <variant>

namespace generated {

/// Of a generated class: equality<T>::same(a, b), member by member.
template <class T> struct equality;

template <class T>
concept is_unordered = requires { typename T::hasher; };
template <class T>
concept is_adaptor = requires(T& t) {
  typename T::container_type;
  t.pop();
};

template <class T> bool same(const T& a, const T& b) {
  if constexpr (requires { equality<T>::same(a, b); })
    return equality<T>::same(a, b);
  else if constexpr (is_unordered<T>) {
    if (a.size() != b.size())
      return false;
    for (const auto& each : a) {
      bool found = false;
      for (const auto& other : b)
        found = found || same(each, other);
      if (!found)
        return false;
    }
    return true;
  } else if constexpr (is_adaptor<T>) {
    auto x = a;
    auto y = b;
    const auto next = [](auto& from) -> decltype(auto) {
      if constexpr (requires { from.top(); })
        return from.top();
      else
        return from.front();
    };
    for (; !x.empty() && !y.empty(); x.pop(), y.pop())
      if (!same(next(x), next(y)))
        return false;
    return x.empty() && y.empty();
  } else if constexpr (requires { std::begin(a); }) {
    auto x = std::begin(a);
    auto y = std::begin(b);
    for (; x != std::end(a) && y != std::end(b); ++x, ++y)
      if (!same<std::iter_value_t<decltype(x)>>(*x, *y)) // vector<bool> has proxies
        return false;
    return x == std::end(a) && y == std::end(b);
  } else if constexpr (requires { a.valueless_by_exception(); })
    return a.index() == b.index() && [&]<std::size_t... I>(std::index_sequence<I...>) {
      return ((a.index() == I && same(std::get<I>(a), std::get<I>(b))) || ...);
    }(std::make_index_sequence<std::variant_size_v<T>>{});
  else if constexpr (requires {
                       static_cast<bool>(a);
                       *a;
                     })
    return static_cast<bool>(a) == static_cast<bool>(b) && (!a || same(*a, *b));
  else if constexpr (requires { std::tuple_size<T>::value; })
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      return (same(std::get<I>(a), std::get<I>(b)) && ...);
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
  else
    return a == b;
}

/// A container of these, which may be of a type that cannot be copied.
template <class Container, class... T> Container of(T&&... values) {
  Container made;
  [[maybe_unused]] const auto add = [&]<class U>(U&& value) {
    if constexpr (requires { made.insert_after(made.before_begin(), std::forward<U>(value)); })
      made.insert_after(made.before_begin(), std::forward<U>(value));
    else if constexpr (requires { made.push_back(std::forward<U>(value)); })
      made.push_back(std::forward<U>(value));
    else if constexpr (requires { made.push(std::forward<U>(value)); })
      made.push(std::forward<U>(value));
    else
      made.insert(std::forward<U>(value));
  };
  (add(std::forward<T>(values)), ...);
  return made;
}

// ---- parts of generated types ----

enum class color : unsigned char { red, green, blue };
enum unscoped { first, second = 100000 };
struct nothing {};
struct nothing_else {};
template <> struct equality<nothing> {
  static bool same(const nothing&, const nothing&) { return true; }
};
struct downwards {
  template <class T> bool operator()(const T& a, const T& b) const { return b < a; }
};
struct either_way {
  bool down = false;
  bool operator()(int a, int b) const { return down ? b < a : a < b; }
};
class date { // no default constructor, no function
public:
  explicit date(int days) : days_(days) {}

private:
  int days_;
};
struct started { // its default constructor is explicit
  explicit started() {}
  explicit started(int from) : at(from) {}
  template <class Archive> void serialize(Archive& archive) { archive(at); }
  int at = 0;
};
template <> struct equality<started> {
  static bool same(const started& a, const started& b) { return a.at == b.at; }
};
struct to_anything {
  template <class T> operator T() const { return T{}; }
  int number = 0;
};
template <> struct equality<to_anything> {
  static bool same(const to_anything& a, const to_anything& b) { return a.number == b.number; }
};
union either {
  int a;
  float b;
};

// ---- the demand ----

enum class demand : unsigned char { crosses, is_refused, arrives_if_it_crosses };

// In a process of its own, as it may end that.
template <class Check> int apart(const char* name, Check check) {
  std::fflush(stdout);
  const auto child = ::fork();
  if (child == 0) {
    const char* fault = nullptr;
    try {
      fault = check();
    } catch (const std::exception& e) {
      std::printf("%s: %s\n", name, e.what());
      fault = "throws";
    }
    if (fault != nullptr)
      std::printf("%s %s\n", name, fault);
    std::fflush(stdout);
    ::_exit(fault != nullptr ? 1 : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
    std::printf("%s ends the program by signal %d\n", name, WTERMSIG(status));
  return status == 0 ? 0 : 1;
}

template <class T, class Make> int check(const char* name, demand demanded, [[maybe_unused]] Make make) {
  if constexpr (crosspool::crossable<T>) {
    if (demanded == demand::is_refused) {
      std::printf("%s is accepted\n", name);
      return 1;
    }
    if constexpr (!std::is_same_v<Make, std::nullptr_t>)
      return apart(name, [&]() -> const char* {
        const T value = make();
        crosspool::detail::bytes sent;
        crosspool::detail::encode(sent, value);
        crosspool::detail::byte_view rest = sent;
        const T back = crosspool::detail::decode<T>(rest);
        return !rest.empty()                ? "leaves something over"
               : !same(back, value)         ? "is not equal"
               : !crosspool::crosses(value) ? "does not cross, it says"
                                            : nullptr;
      });
  } else if (demanded == demand::crosses) {
    const auto& found = crosspool::detail::examined<T>;
    std::printf("%s is refused, for reason %d, %zu deep:", name, static_cast<int>(found.why), found.depth);
    for (std::size_t i = 0; i < found.depth; ++i)
      std::printf(" %d", found.steps[i]);
    std::printf("\n");
    return 1;
  }
  return 0;
}

} // namespace generated

#endif
