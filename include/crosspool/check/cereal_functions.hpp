// Which serialization functions a class has, as overload resolution sees it when nothing may be converted: a function
// for what the class converts to is none for the class. cereal counts such as well; where that would keep it from
// choosing, it is told here which function there is. Relies on cereal 1.3.
#ifndef CROSSPOOL_CHECK_CEREAL_FUNCTIONS_HPP
#define CROSSPOOL_CHECK_CEREAL_FUNCTIONS_HPP

#include <crosspool/check/memory_archive.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- in the place of cereal::access, which classes make their friend ----

struct access_key {};
auto recall_accessors(access_key);
template <class... Accessors> struct remember_accessors {
  friend auto recall_accessors(access_key) { return std::type_identity<void(Accessors...)>{}; }
};

template <class F, class C> std::type_identity<C> owner_of(F C::*);

} // namespace CROSSPOOL_NAMESPACE::detail

namespace cereal {

// Never called: its lambdas may see what the members of cereal::access may.
template <> inline crosspool::detail::access_key* access::construct<crosspool::detail::access_key>() {
  const auto makes = []<class T>(std::type_identity<T>) { return std::bool_constant<requires { ::new T(); }>{}; };
// NOLINTBEGIN(bugprone-macro-parentheses): the name of a member cannot stand in any
#define CROSSPOOL_OWNER(variable, function)                                                                            \
  const auto variable = []<class A, class T>(std::type_identity<A>, std::type_identity<T>) {                           \
    if constexpr (requires { crosspool::detail::owner_of(&T::template function<A>); })                                 \
      return decltype(crosspool::detail::owner_of(&T::template function<A>)){};                                        \
    else                                                                                                               \
      return std::type_identity<void>{};                                                                               \
  };
  CROSSPOOL_OWNER(serialize, CEREAL_SERIALIZE_FUNCTION_NAME)
  CROSSPOOL_OWNER(save, CEREAL_SAVE_FUNCTION_NAME)
  CROSSPOOL_OWNER(load, CEREAL_LOAD_FUNCTION_NAME)
  CROSSPOOL_OWNER(save_minimal, CEREAL_SAVE_MINIMAL_FUNCTION_NAME)
#undef CROSSPOOL_OWNER
  // NOLINTEND(bugprone-macro-parentheses)
  static_cast<void>(sizeof(crosspool::detail::remember_accessors<decltype(makes), decltype(serialize), decltype(save),
                                                                 decltype(load), decltype(save_minimal)>));
  return nullptr;
}

} // namespace cereal

namespace CROSSPOOL_NAMESPACE::detail {

template <class Accessors> struct accessors;
template <class Makes, class Serialize, class Save, class Load, class SaveMinimal>
struct accessors<void(Makes, Serialize, Save, Load, SaveMinimal)> {
  using makes = Makes;
  using serialize = Serialize;
  using save = Save;
  using load = Load;
  using save_minimal = SaveMinimal;
};
using friend_access = accessors<typename decltype(recall_accessors(access_key{}))::type>;

// Whether cereal can make a T with new: by a default constructor that may be private.
template <class T>
concept made_by_access = decltype(std::declval<friend_access::makes>()(std::type_identity<T>{}))::value;

// The class that a member function of T comes from: T, one of its bases, or void where that cannot be told.
template <class Function, class Archive, class T>
using owner_t = typename decltype(std::declval<Function>()(std::type_identity<Archive>{},
                                                           std::type_identity<T>{}))::type;

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

// ---- a user's functions for what cereal serializes itself ----

// An archive with functions for all classes of a class template: they are chosen over those that cereal has for it, but
// not over one for fewer classes, which is a user's.
template <class T> inline constexpr std::size_t template_arguments = 0;
template <template <class...> class C, class... P>
inline constexpr std::size_t template_arguments<C<P...>> = sizeof...(P);
template <class T, std::size_t = template_arguments<T>> struct template_archive;
template <template <class...> class C, class P1> struct template_archive<C<P1>, 1> : output_archive {
  template <class Q1>
  friend nobody CEREAL_SERIALIZE_FUNCTION_NAME(template_archive&, C<Q1>&);
  template <class Q1>
  friend nobody CEREAL_SAVE_FUNCTION_NAME(template_archive&, const C<Q1>&);
};
template <template <class...> class C, class P1, class P2> struct template_archive<C<P1, P2>, 2> : output_archive {
  template <class Q1, class Q2>
  friend nobody CEREAL_SERIALIZE_FUNCTION_NAME(template_archive&, C<Q1, Q2>&);
  template <class Q1, class Q2>
  friend nobody CEREAL_SAVE_FUNCTION_NAME(template_archive&, const C<Q1, Q2>&);
};
template <template <class...> class C, class P1, class P2, class P3> struct template_archive<C<P1, P2, P3>, 3>
    : output_archive {
  template <class Q1, class Q2, class Q3>
  friend nobody CEREAL_SERIALIZE_FUNCTION_NAME(template_archive&, C<Q1, Q2, Q3>&);
  template <class Q1, class Q2, class Q3>
  friend nobody CEREAL_SAVE_FUNCTION_NAME(template_archive&, const C<Q1, Q2, Q3>&);
};
template <template <class...> class C, class P1, class P2, class P3,
          class P4> struct template_archive<C<P1, P2, P3, P4>, 4> : output_archive {
  template <class Q1, class Q2, class Q3, class Q4>
  friend nobody CEREAL_SERIALIZE_FUNCTION_NAME(template_archive&, C<Q1, Q2, Q3, Q4>&);
  template <class Q1, class Q2, class Q3, class Q4>
  friend nobody CEREAL_SAVE_FUNCTION_NAME(template_archive&, const C<Q1, Q2, Q3, Q4>&);
};
template <template <class...> class C, class P1, class P2, class P3, class P4,
          class P5> struct template_archive<C<P1, P2, P3, P4, P5>, 5> : output_archive {
  template <class Q1, class Q2, class Q3, class Q4, class Q5>
  friend nobody CEREAL_SERIALIZE_FUNCTION_NAME(template_archive&, C<Q1, Q2, Q3, Q4, Q5>&);
  template <class Q1, class Q2, class Q3, class Q4, class Q5>
  friend nobody CEREAL_SAVE_FUNCTION_NAME(template_archive&, const C<Q1, Q2, Q3, Q4, Q5>&);
};

template <class T>
concept serialized_as_template = requires(template_archive<T>& archive, T& object) {
  { CEREAL_SERIALIZE_FUNCTION_NAME(archive, object) } -> std::same_as<nobody>;
};
template <class T>
concept saved_as_template = requires(template_archive<T>& archive, const T& object) {
  { CEREAL_SAVE_FUNCTION_NAME(archive, object) } -> std::same_as<nobody>;
};
template <class T>
concept known_as_template = requires { sizeof(template_archive<T>); };

// Whether the function of this form is a user's: T is a class of a class template.
template <class T> consteval bool is_for_it_alone(unsigned form) {
  if constexpr (!known_as_template<T> || std::is_same_v<T, std::vector<bool>>)
    return false;
  else
    return (form == outside_serialize && !serialized_as_template<T>) || (form == outside_save && !saved_as_template<T>);
}

// The same for the function that cereal has for all that looks like a map, whatever its template.
struct map_archive : output_archive {
  template <template <class...> class Map, class... Args>
  friend nobody CEREAL_SAVE_FUNCTION_NAME(map_archive&, const Map<Args...>&);
};
template <class T>
concept saved_as_any_map = requires(map_archive& archive, const T& object) {
  { CEREAL_SAVE_FUNCTION_NAME(archive, object) } -> std::same_as<nobody>;
};

// ---- what cereal is told ----

// An archive that no user can mean: what is specialized for it is specialized for all.
struct any_archive {};
template <class T>
concept specialized = cereal::traits::is_specialized<T, any_archive>::value;

template <class A> inline constexpr bool is_own_archive = false;
template <> inline constexpr bool is_own_archive<output_archive> = true;
template <> inline constexpr bool is_own_archive<input_archive> = true;

/// The functions of a complete class: classify.hpp finds them, which knows what it need not look for.
template <class T> consteval functions find_functions_of();
template <class T> inline constexpr functions functions_of = find_functions_of<T>();

// Whether cereal finds more, as it looks for conversions, too.
template <class T> consteval bool cereal_finds_several() {
  using namespace cereal::traits;
  using A = output_archive;
  using B = input_archive;
  return (has_member_serialize<T, A>::value + has_member_versioned_serialize<T, A>::value +
          has_non_member_serialize<T, A>::value + has_non_member_versioned_serialize<T, A>::value +
          has_member_save<T, A>::value + has_member_versioned_save<T, A>::value + has_non_member_save<T, A>::value +
          has_non_member_versioned_save<T, A>::value + has_member_save_minimal<T, A>::value +
          has_member_versioned_save_minimal<T, A>::value + has_non_member_save_minimal<T, A>::value +
          has_non_member_versioned_save_minimal<T, A>::value) > 1 ||
         (has_member_serialize<T, B>::value + has_member_versioned_serialize<T, B>::value +
          has_non_member_serialize<T, B>::value + has_non_member_versioned_serialize<T, B>::value +
          has_member_load<T, B>::value + has_member_versioned_load<T, B>::value + has_non_member_load<T, B>::value +
          has_non_member_versioned_load<T, B>::value + has_member_load_minimal<T, B>::value +
          has_member_versioned_load_minimal<T, B>::value + has_non_member_load_minimal<T, B>::value +
          has_non_member_versioned_load_minimal<T, B>::value) > 1;
}

// Whether T's functions have this form, and cereal cannot see it.
template <class T, class A, unsigned this_form> consteval bool is_to_be_told() {
  if constexpr (!is_own_archive<A> || !std::is_class_v<T>)
    return false;
  else if constexpr (functions_of<T>.one_form() != this_form || specialized<T>)
    return false;
  else
    return cereal_finds_several<T>();
}
template <class T, class A, unsigned this_form>
concept told = is_to_be_told<T, A, this_form>();

} // namespace CROSSPOOL_NAMESPACE::detail

// Whoever specializes this for a class of his is more special.
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::member_serialize>
struct cereal::specialize<A, T, cereal::specialization::member_serialize> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::outside_serialize>
struct cereal::specialize<A, T, cereal::specialization::non_member_serialize> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::member_save>
struct cereal::specialize<A, T, cereal::specialization::member_load_save> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::outside_save>
struct cereal::specialize<A, T, cereal::specialization::non_member_load_save> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::member_minimal>
struct cereal::specialize<A, T, cereal::specialization::member_load_save_minimal> : std::true_type {};
template <class A, class T>
  requires crosspool::detail::told<T, A, crosspool::detail::outside_minimal>
struct cereal::specialize<A, T, cereal::specialization::non_member_load_save_minimal> : std::true_type {};

#endif
