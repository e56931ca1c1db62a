// Which serialization functions a class has, as overload resolution sees it when nothing may be converted: a function
// for what the class converts to is none for the class. Relies on cereal 1.3.
#ifndef CROSSPOOL_CHECK_CEREAL_FUNCTIONS_HPP
#define CROSSPOOL_CHECK_CEREAL_FUNCTIONS_HPP

#include <crosspool/check/memory_archive.hpp>

#include <bit>
#include <cstdint>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- functions outside of the class ----

// What takes anything, but is chosen over a function that takes something the argument converts to.
struct nobody {};
template <class R>
concept somebody = !std::is_same_v<R, nobody>;
struct anything {
  template <class T> anything(const T&) {}
};

// The archive is converted, the object is not: a function for the object itself is better, one for something that it
// converts to, or for a base of it, is not.
namespace for_itself {
#define CROSSPOOL_COMPETE(function)                                                                                    \
  template <class T> nobody function(anything, const volatile T&);                                                     \
  template <class T> nobody function(anything, const volatile T&, anything);
CROSSPOOL_COMPETE(CEREAL_SERIALIZE_FUNCTION_NAME)
CROSSPOOL_COMPETE(CEREAL_SAVE_FUNCTION_NAME)
CROSSPOOL_COMPETE(CEREAL_LOAD_FUNCTION_NAME)
CROSSPOOL_COMPETE(CEREAL_SAVE_MINIMAL_FUNCTION_NAME)
template <class T> nobody CEREAL_LOAD_MINIMAL_FUNCTION_NAME(anything, const volatile T&, anything);
template <class T> nobody CEREAL_LOAD_MINIMAL_FUNCTION_NAME(anything, const volatile T&, anything, anything);
#undef CROSSPOOL_COMPETE

#define CROSSPOOL_OUTSIDE                                                                                              \
  template <class A, class T, class... Version>                                                                        \
  concept serializes = requires(A& archive, T& object, Version... version) {                                           \
    { CEREAL_SERIALIZE_FUNCTION_NAME(archive, object, version...) } -> somebody;                                       \
  };                                                                                                                   \
  template <class A, class T, class... Version>                                                                        \
  concept saves = requires(A& archive, T& object, Version... version) {                                                \
    { CEREAL_SAVE_FUNCTION_NAME(archive, object, version...) } -> somebody;                                            \
  };                                                                                                                   \
  template <class A, class T, class... Version>                                                                        \
  concept loads = requires(A& archive, T& object, Version... version) {                                                \
    { CEREAL_LOAD_FUNCTION_NAME(archive, object, version...) } -> somebody;                                            \
  };                                                                                                                   \
  template <class A, class T, class... Version>                                                                        \
  concept saves_minimal = requires(const A& archive, T& object, Version... version) {                                  \
    { CEREAL_SAVE_MINIMAL_FUNCTION_NAME(archive, object, version...) } -> somebody;                                    \
  };                                                                                                                   \
  template <class A, class T, class... Version>                                                                        \
  concept loads_minimal = requires(const A& archive, T& object, Version... version) {                                  \
    {                                                                                                                  \
      CEREAL_LOAD_MINIMAL_FUNCTION_NAME(archive, object, cereal::traits::detail::AnyConvert{}, version...)             \
    } -> somebody;                                                                                                     \
  };
CROSSPOOL_OUTSIDE
} // namespace for_itself

// Here the object is converted: a function for a base of it is better, one for something else that it converts to is
// not.
namespace for_a_base {
template <class A> nobody CEREAL_SERIALIZE_FUNCTION_NAME(A&, anything);
template <class A> nobody CEREAL_SERIALIZE_FUNCTION_NAME(A&, anything, std::uint32_t);
template <class A> nobody CEREAL_SAVE_FUNCTION_NAME(A&, anything);
template <class A> nobody CEREAL_SAVE_FUNCTION_NAME(A&, anything, std::uint32_t);
template <class A> nobody CEREAL_LOAD_FUNCTION_NAME(A&, anything);
template <class A> nobody CEREAL_LOAD_FUNCTION_NAME(A&, anything, std::uint32_t);
template <class A> nobody CEREAL_SAVE_MINIMAL_FUNCTION_NAME(const A&, anything);
template <class A> nobody CEREAL_SAVE_MINIMAL_FUNCTION_NAME(const A&, anything, std::uint32_t);
template <class A> nobody CEREAL_LOAD_MINIMAL_FUNCTION_NAME(const A&, anything, anything);
template <class A> nobody CEREAL_LOAD_MINIMAL_FUNCTION_NAME(const A&, anything, anything, std::uint32_t);
CROSSPOOL_OUTSIDE
} // namespace for_a_base
#undef CROSSPOOL_OUTSIDE

// ---- what a class has ----

// The forms of cereal's functions. A bit of each is set in functions, of the versioned one the bit that is so much
// higher.
enum form : unsigned {
  member_serialize = 1U << 0U,
  outside_serialize = 1U << 1U,
  member_save = 1U << 2U, // or load
  outside_save = 1U << 3U,
  member_minimal = 1U << 4U,
  outside_minimal = 1U << 5U
};
inline constexpr unsigned to_versioned = 6;
inline constexpr unsigned outside = outside_serialize | outside_save | outside_minimal;

struct functions {
  unsigned saving = 0;
  unsigned loading = 0;
  unsigned saving_base = 0; // functions outside that take a base
  unsigned loading_base = 0;
  bool not_const = false; // a save that is not

  [[nodiscard]] constexpr int saves() const { return std::popcount(saving | saving_base); }
  [[nodiscard]] constexpr int loads() const { return std::popcount(loading | loading_base); }
  [[nodiscard]] constexpr bool any() const { return saves() + loads() != 0 || not_const; }
  [[nodiscard]] constexpr bool minimal() const {
    return (either(saving | loading) & (member_minimal | outside_minimal)) != 0;
  }
  [[nodiscard]] constexpr bool saves_by(unsigned form) const { return (either(saving) & form) != 0; }
  // The same form saves and loads, and no other: which; else 0.
  [[nodiscard]] constexpr unsigned one_form() const {
    const auto form = either(saving);
    return saves() == 1 && loads() == 1 && saving_base == 0 && loading_base == 0 && form == either(loading) ? form : 0;
  }

private:
  static constexpr unsigned either(unsigned forms) {
    return (forms | forms >> to_versioned) & ((1U << to_versioned) - 1);
  }
};

template <class T, class... Version> consteval functions find_functions_outside() {
  constexpr unsigned shift = sizeof...(Version) == 0 ? 0 : to_versioned;
  functions found;
  if constexpr (for_itself::serializes<output_archive, T, Version...>)
    found.saving |= outside_serialize << shift;
  if constexpr (for_itself::serializes<input_archive, T, Version...>)
    found.loading |= outside_serialize << shift;
  if constexpr (for_itself::saves<output_archive, T, Version...>) {
    if constexpr (for_itself::saves<output_archive, const T, Version...>)
      found.saving |= outside_save << shift;
    else
      found.not_const = true;
  }
  if constexpr (for_itself::loads<input_archive, T, Version...>)
    found.loading |= outside_save << shift;
  if constexpr (for_itself::saves_minimal<output_archive, T, Version...>)
    found.saving |= outside_minimal << shift;
  if constexpr (for_itself::loads_minimal<input_archive, T, Version...>)
    found.loading |= outside_minimal << shift;
  return found;
}

template <class T, class... Version> consteval functions find_member_functions() {
  using cereal::access;
  constexpr unsigned shift = sizeof...(Version) == 0 ? 0 : to_versioned;
  functions found;
  if constexpr (requires(output_archive& to, T& object, Version... version) {
                  access::member_serialize(to, object, version...);
                })
    found.saving |= member_serialize << shift;
  if constexpr (requires(input_archive& from, T& object, Version... version) {
                  access::member_serialize(from, object, version...);
                })
    found.loading |= member_serialize << shift;
  if constexpr (requires(output_archive& to, T& object, Version... version) {
                  access::member_save_non_const(to, object, version...);
                }) {
    if constexpr (requires(output_archive& to, const T& object, Version... version) {
                    access::member_save(to, object, version...);
                  })
      found.saving |= member_save << shift;
    else
      found.not_const = true;
  }
  if constexpr (requires(input_archive& from, T& object, Version... version) {
                  access::member_load(from, object, version...);
                })
    found.loading |= member_save << shift;
  if constexpr (requires(const output_archive& to, T& object, Version... version) {
                  access::member_save_minimal_non_const(to, object, version...);
                })
    found.saving |= member_minimal << shift;
  if constexpr (requires(const input_archive& from, T& object, Version... version) {
                  access::member_load_minimal(from, object, cereal::traits::detail::AnyConvert{}, version...);
                })
    found.loading |= member_minimal << shift;
  return found;
}

template <class T, class... Version> consteval functions find_functions_for_a_base() {
  constexpr unsigned shift = sizeof...(Version) == 0 ? 0 : to_versioned;
  functions found;
  if constexpr (for_a_base::serializes<output_archive, T, Version...>)
    found.saving_base |= outside_serialize << shift;
  if constexpr (for_a_base::serializes<input_archive, T, Version...>)
    found.loading_base |= outside_serialize << shift;
  if constexpr (for_a_base::saves<output_archive, const T, Version...>)
    found.saving_base |= outside_save << shift;
  if constexpr (for_a_base::loads<input_archive, T, Version...>)
    found.loading_base |= outside_save << shift;
  if constexpr (for_a_base::saves_minimal<output_archive, const T, Version...>)
    found.saving_base |= outside_minimal << shift;
  if constexpr (for_a_base::loads_minimal<input_archive, T, Version...>)
    found.loading_base |= outside_minimal << shift;
  return found;
}

constexpr functions operator|(const functions& a, const functions& b) {
  return {.saving = a.saving | b.saving,
          .loading = a.loading | b.loading,
          .saving_base = a.saving_base | b.saving_base,
          .loading_base = a.loading_base | b.loading_base,
          .not_const = a.not_const || b.not_const};
}

// T is a complete class. has_bases: whether it may have any.
template <class T> consteval functions find_outside() {
  return find_functions_outside<T>() | find_functions_outside<T, std::uint32_t>();
}
template <class T, bool has_bases> consteval functions find_functions() {
  constexpr auto own = find_outside<T>() | find_member_functions<T>() | find_member_functions<T, std::uint32_t>();
  if constexpr (!has_bases)
    return own;
  else {
    auto of_base = find_functions_for_a_base<T>() | find_functions_for_a_base<T, std::uint32_t>();
    of_base.saving_base &= ~own.saving;
    of_base.loading_base &= ~own.loading;
    return own | of_base;
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
