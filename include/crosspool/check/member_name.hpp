// The name of a member, from the compiler's spelling of the member's address in an object that is named but never made.
#ifndef CROSSPOOL_CHECK_MEMBER_NAME_HPP
#define CROSSPOOL_CHECK_MEMBER_NAME_HPP

#include <crosspool/check/aggregate.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

template <class T> union never_made {
  constexpr never_made() noexcept : nothing() {}
  constexpr ~never_made() {}
  char nothing;
  T value;
};
// Declared only, so that it takes no memory.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#endif
template <class T> extern never_made<T> never_made_object;

template <class M> struct member_address {
  const M* address;
};

template <class T, std::size_t I> consteval auto address_of_member() {
  auto& member = std::get<I>(detail::members(never_made_object<T>.value));
  return member_address<std::remove_cvref_t<decltype(member)>>{std::addressof(member)};
}

#ifdef __clang__
#pragma clang diagnostic pop
#endif

template <auto address> consteval std::string_view spelled_value() {
  return __PRETTY_FUNCTION__;
}

/// The name of T's member number I.
template <class T, std::size_t I> consteval std::string_view member_name() {
#ifdef __clang__
  constexpr std::string_view end = "}]"; // "… [address = member_address<X>{&never_made_object.value.name}]"
#else
  constexpr std::string_view end = ")}"; // "… {((const X*)(& never_made_object<T>.never_made<T>::value.T::name))}; …"
#endif
  auto name = spelled_value<address_of_member<T, I>()>();
  name = name.substr(0, name.rfind(end));
  while (name.ends_with(')'))
    name.remove_suffix(1);
  return name.substr(name.find_last_of(".:") + 1);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
