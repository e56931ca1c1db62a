// The sentence that a compile-time error is, where the compiler takes a computed message: "crosspool: map argument 1:
// Job.configs[].handle is FILE*, which cannot cross to a worker process: …".
#ifndef CROSSPOOL_CHECK_SENTENCE_HPP
#define CROSSPOOL_CHECK_SENTENCE_HPP

#include <crosspool/check/reasons.hpp>
#include <crosspool/check/type_name.hpp>

#include <cstddef>
#include <string_view>
#include <type_traits>

#if defined(__cpp_static_assert) && __cpp_static_assert >= 202306L
#define CROSSPOOL_SENTENCES

namespace CROSSPOOL_NAMESPACE::detail {

// A message put together at compile time; what does not fit is cut.
class message_text {
public:
  constexpr message_text& operator<<(std::string_view part) {
    for (const char c : part)
      if (size_ < sizeof text_)
        text_[size_++] = c;
    return *this;
  }
  constexpr message_text& operator<<(std::size_t number) {
    if (number >= 10)
      *this << number / 10;
    const char digit = static_cast<char>('0' + number % 10);
    return *this << std::string_view(&digit, 1);
  }
  [[nodiscard]] constexpr const char* data() const { return text_; }
  [[nodiscard]] constexpr std::size_t size() const { return size_; }

private:
  char text_[2048]{};
  std::size_t size_ = 0;
};

template <std::size_t N> constexpr void say(message_text& to, std::type_identity<map_argument<N>>) {
  to << "map argument " << N;
}
template <std::size_t N> constexpr void say(message_text& to, std::type_identity<apply_argument<N>>) {
  to << "apply argument " << N;
}
template <std::size_t N> constexpr void say(message_text& to, std::type_identity<initializer_argument<N>>) {
  to << "initializer argument " << N;
}
constexpr void say(message_text& to, std::type_identity<function_state>) {
  to << "the function";
}
constexpr void say(message_text& to, std::type_identity<initializer_state>) {
  to << "the initializer";
}
constexpr void say(message_text& to, std::type_identity<reduction_state>) {
  to << "the function that reduces";
}
constexpr void say(message_text& to, std::type_identity<broadcast_value>) {
  to << "the broadcast value";
}
constexpr void say(message_text& to, std::type_identity<result>) {
  to << "the result";
}

template <text Name> constexpr void say(message_text& to, std::type_identity<member<Name>>) {
  to << "." << Name.view();
}
template <std::size_t I> constexpr void say(message_text& to, std::type_identity<tuple_element<I>>) {
  to << ".<" << I << ">";
}
template <std::size_t I> constexpr void say(message_text& to, std::type_identity<alternative<I>>) {
  to << ".<alternative " << I << ">";
}
template <class Step> constexpr void say(message_text& to, std::type_identity<Step>) {
  if constexpr (name_of_step<Step>.front() == '[' || name_of_step<Step>.front() == '-')
    to << name_of_step<Step>;
  else
    to << ".<" << name_of_step<Step> << ">";
}
template <class C> constexpr void say(message_text& to, std::type_identity<visited_by<C>>) {
  to << ".<visited by the cereal function of " << type_name<C>() << ">";
}
template <class X> constexpr void say(message_text& to, std::type_identity<archived<X>>) {
  to << " (" << type_name<X>() << ")";
}
template <class... Steps> constexpr void say(message_text& to, std::type_identity<path<Steps...>>) {
  (say(to, std::type_identity<Steps>{}), ...);
}

template <template <class> class Reason, class Fault>
constexpr void say(message_text& to, std::type_identity<Reason<Fault>>) {
  to << type_name<Fault>();
}
template <class Fault, text Header>
constexpr void say(message_text& to, std::type_identity<missing_cereal_header<Fault, Header>>) {
  to << type_name<Fault>() << ", which needs #include <" << Header.view() << ">";
}

template <class Position, class T, class Path, class Reason> constexpr message_text sentence(std::string_view remedy) {
  message_text to;
  to << "crosspool: ";
  say(to, std::type_identity<Position>{});
  to << ": " << type_name<T>();
  if (!std::is_same_v<Path, path<>>) {
    say(to, std::type_identity<Path>{});
    to << " is ";
    say(to, std::type_identity<Reason>{});
    to << ", which";
  }
  to << (std::is_same_v<Position, result> ? " cannot cross from a worker process: "
                                          : " cannot cross to a worker process: ")
     << remedy;
  return to;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif

#endif
