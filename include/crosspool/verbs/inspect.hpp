// What a class's own cereal functions put into the archive, checked while the program is compiled. The functions are
// instantiated, never called, with archives that do nothing: what is put into one decides the type that the call
// returns, and for what cannot cross that type is the error. So its trail is short: the line of the class's function
// and the line that calls the pool. (Functions between these have deduced return types; Clang leaves such out of the
// trail.) Relies on cereal's traits to know which functions a class has.
#ifndef CROSSPOOL_VERBS_INSPECT_HPP
#define CROSSPOOL_VERBS_INSPECT_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/check/diagnose.hpp>
#include <crosspool/check/refusal.hpp>

#include <cstdint>
#include <cstdlib>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- which classes: those that examine() believed ----

// The way to a class. The way from a class visited to the next is not told: there may be more ways than could be gone.
struct untold;
template <class Path, class Step> struct extended {
  using type = untold;
};
template <class... Steps, class Step> struct extended<path<Steps...>, Step> {
  using type = path<Steps..., Step>;
};
template <class C> struct extended<untold, visited_by<C>> {
  using type = path<visited_by<C>>;
};

template <class Position, class Root, class Path, class C> struct inspection;

// Path so far, from Root, which is at Position; Up: the types on it.
template <class Position, class Root, class Path, class... Up> struct way {
  template <class Step> using with = typename extended<Path, Step>::type;
  template <class Parent, class Step>
  using down = way<Position, Root, with<typename printed_step<Parent, Step>::type>, Up..., Parent>;
  template <class C> using to = inspection<Position, Root, with<visited_by<C>>, C>;
  template <class T> static constexpr bool passed = (std::is_same_v<T, Up> || ...);
};

/// A class C whose functions are to be inspected. Path leads from Root, which is at Position, to what they visit.
template <class Position, class Root, class Path, class C> struct inspection {
  using inspected = C;
  using way_on = way<Position, Root, untold>;
  template <class Reason> using fault_here = also<Position, Root, Path, Reason>;
  // X, in which the fault is, is named.
  template <class X>
  using to_part_of = std::conditional_t<examined<X>.depth == 0, Path, typename extended<Path, archived<X>>::type>;
  template <class X, class Trail = trail<X, 0, to_part_of<X>, X>>
  using fault = also<Position, Root, typename Trail::to, reason<typename Trail::leaf, examined<X>.why>>;
};

template <class T, class Way, class... I> consteval auto collect(Way way, types<I...> known);

template <class Parent, class Way, class... I>
consteval auto collect_parts(Way, types<I...> known, types<>) {
  return known;
}
template <class Parent, class Way, class... I, class Step, class T, class... Rest>
consteval auto collect_parts(Way way, types<I...> known, types<part<Step, T>, Rest...>) {
  return detail::collect_parts<Parent>(
      way, detail::collect<std::remove_const_t<T>>(typename Way::template down<Parent, Step>{}, known),
      types<Rest...>{});
}

// Adds the classes in T that have functions of their own to the known ones. T crosses, or is a pointee that cereal
// constructs.
template <class T, class Way, class... I> consteval auto collect(Way way, types<I...> known) {
  constexpr kind what = classify<T>();
  if constexpr (what == kind::trusted || what == kind::not_default_constructible) {
    if constexpr ((std::is_same_v<T, typename I::inspected> || ...))
      return known;
    else
      return types<I..., typename Way::template to<T>>{};
  } else if constexpr (what == kind::composed && !Way::template passed<T>)
    return detail::collect_parts<T>(way, known, parts<T>{});
  else
    return known;
}

template <class Position, class T> consteval auto find_classes_at() {
  if constexpr (examined<T>.crosses && examined<T>.trusts)
    return detail::collect<T>(way<Position, T, path<>>{}, types<>{});
  else
    return types<>{};
}
/// The inspections of the classes with functions of their own in T, which is at Position.
template <class Position, class T> using classes_at = decltype(find_classes_at<Position, T>());

// ---- the archives ----

template <class Inspection, class Archive, class... X> consteval auto verdict();
template <class Inspection, class Archive, class... X>
using verdict_t = typename decltype(verdict<Inspection, Archive, X...>())::type;

// They are cereal archives for functions that ask for one.
template <class Inspection> struct saving : cereal::OutputArchive<saving<Inspection>> {
  template <class... X> auto operator()(X&&...) -> verdict_t<Inspection, saving, X...> { std::abort(); }
  template <class X> auto operator&(X&&) -> verdict_t<Inspection, saving, X> { std::abort(); }
  template <class X> auto operator<<(X&&) -> verdict_t<Inspection, saving, X> { std::abort(); }
};
template <class Inspection> struct loading : cereal::InputArchive<loading<Inspection>> {
  template <class... X> auto operator()(X&&...) -> verdict_t<Inspection, loading, X...> { std::abort(); }
  template <class X> auto operator&(X&&) -> verdict_t<Inspection, loading, X> { std::abort(); }
  template <class X> auto operator>>(X&&) -> verdict_t<Inspection, loading, X> { std::abort(); }
};

// For functions that ask whether the archive takes these, or hand them to cereal's own.
template <class I, class T>
  requires std::is_arithmetic_v<T> || is_wrapper<T>
void CEREAL_SAVE_FUNCTION_NAME(saving<I>&, const T&) {}
template <class I, class T>
  requires std::is_arithmetic_v<T> || is_wrapper<T>
void CEREAL_LOAD_FUNCTION_NAME(loading<I>&, T&) {}

// Calls the function that cereal would choose. The public one directly, as a detour would lengthen the trail; one that
// takes no such archive is left alone.
#define CROSSPOOL_VISIT_IF(condition, direct, detour)                                                                  \
  if constexpr (condition) {                                                                                           \
    if constexpr (requires { direct; })                                                                                \
      static_cast<void>(direct);                                                                                       \
    else if constexpr (requires { detour; })                                                                           \
      static_cast<void>(detour);                                                                                       \
  }
#define CROSSPOOL_VISIT(archive, form, direct, detour)                                                                 \
  CROSSPOOL_VISIT_IF(                                                                                                  \
      (cereal::traits::has_##form<C, archive>::value && (cereal::traits::is_specialized_##form<C, archive>::value ||   \
                                                         !cereal::traits::is_specialized<C, archive>::value)),         \
      direct, detour)

/// Instantiates what I... are to inspect. Not to be called, only named: decltype(inspect(…)).
template <class... I> auto inspect(types<I...>) {
  using cereal::access;
  (static_cast<void>([]([[maybe_unused]] saving<I>& to, [[maybe_unused]] loading<I>& from,
                        [[maybe_unused]] typename I::inspected& object,
                        [[maybe_unused]] cereal::construct<typename I::inspected>& made) {
     using C = typename I::inspected;
     [[maybe_unused]] const C& source = object;
     [[maybe_unused]] constexpr std::uint32_t version = 0;
     // clang-format off
        CROSSPOOL_VISIT(output_archive, member_serialize, object.serialize(to), access::member_serialize(to, object))
        CROSSPOOL_VISIT(output_archive, member_versioned_serialize, object.serialize(to, version), access::member_serialize(to, object, version))
        CROSSPOOL_VISIT(output_archive, non_member_serialize, serialize(to, object), CEREAL_SERIALIZE_FUNCTION_NAME(to, object))
        CROSSPOOL_VISIT(output_archive, non_member_versioned_serialize, serialize(to, object, version), CEREAL_SERIALIZE_FUNCTION_NAME(to, object, version))
        CROSSPOOL_VISIT(output_archive, member_save, source.save(to), access::member_save(to, source))
        CROSSPOOL_VISIT(output_archive, member_versioned_save, source.save(to, version), access::member_save(to, source, version))
        CROSSPOOL_VISIT(output_archive, non_member_save, save(to, source), CEREAL_SAVE_FUNCTION_NAME(to, source))
        CROSSPOOL_VISIT(output_archive, non_member_versioned_save, save(to, source, version), CEREAL_SAVE_FUNCTION_NAME(to, source, version))
        CROSSPOOL_VISIT(input_archive, member_serialize, object.serialize(from), access::member_serialize(from, object))
        CROSSPOOL_VISIT(input_archive, member_versioned_serialize, object.serialize(from, version), access::member_serialize(from, object, version))
        CROSSPOOL_VISIT(input_archive, non_member_serialize, serialize(from, object), CEREAL_SERIALIZE_FUNCTION_NAME(from, object))
        CROSSPOOL_VISIT(input_archive, non_member_versioned_serialize, serialize(from, object, version), CEREAL_SERIALIZE_FUNCTION_NAME(from, object, version))
        CROSSPOOL_VISIT(input_archive, member_load, object.load(from), access::member_load(from, object))
        CROSSPOOL_VISIT(input_archive, member_versioned_load, object.load(from, version), access::member_load(from, object, version))
        CROSSPOOL_VISIT(input_archive, non_member_load, load(from, object), CEREAL_LOAD_FUNCTION_NAME(from, object))
        CROSSPOOL_VISIT(input_archive, non_member_versioned_load, load(from, object, version), CEREAL_LOAD_FUNCTION_NAME(from, object, version))
        CROSSPOOL_VISIT_IF((cereal::traits::has_member_load_and_construct<C, input_archive>::value), C::load_and_construct(from, made), access::load_and_construct<C>(from, made))
        CROSSPOOL_VISIT_IF((cereal::traits::has_member_versioned_load_and_construct<C, input_archive>::value), C::load_and_construct(from, made, version), access::load_and_construct<C>(from, made, version))
        CROSSPOOL_VISIT_IF((cereal::traits::has_non_member_load_and_construct<C, input_archive>::value), cereal::LoadAndConstruct<C>::load_and_construct(from, made), nullptr)
        CROSSPOOL_VISIT_IF((cereal::traits::has_non_member_versioned_load_and_construct<C, input_archive>::value), cereal::LoadAndConstruct<C>::load_and_construct(from, made, version), nullptr)
     // clang-format on
   }),
   ...);
  return std::true_type{};
}
#undef CROSSPOOL_VISIT
#undef CROSSPOOL_VISIT_IF

// ---- what is put into them ----

template <class B> struct base_part {};

// What an argument of an archive stands for: itself, but for cereal's own wrappers.
template <class X> struct wrapped {
  using type = std::conditional_t<is_wrapper<X>, types<>, types<X>>;
};
template <class T> struct wrapped<cereal::NameValuePair<T>> : wrapped<std::remove_cvref_t<T>> {};
template <class T> struct wrapped<cereal::DeferredData<T>> : wrapped<std::remove_cvref_t<T>> {};
template <class K, class V> struct wrapped<cereal::MapItem<K, V>> {
  using type = types<std::remove_cvref_t<K>, std::remove_cvref_t<V>>;
};
template <class B> struct wrapped<cereal::base_class<B>> {
  using type = types<base_part<B>>;
};
template <class B> struct wrapped<cereal::virtual_base_class<B>> : wrapped<cereal::base_class<B>> {};

// What cereal constructs when it is loaded can be saved: an alternative of boost::variant.
template <class Inspection, class Archive, class X> consteval auto fault_of_visited(std::type_identity<X>) {
  if constexpr (crossable<X> || (std::is_same_v<Archive, saving<Inspection>> && is_constructed_by_cereal<X>))
    return types<>{};
  else
    return types<typename Inspection::template fault<X>>{};
}
template <class Inspection, class Archive, class B> consteval auto fault_of_visited(std::type_identity<base_part<B>>) {
  // It need not be default-constructible.
  if constexpr (by_cereal<B> && classify<B>() != kind::inherited_serialize_function)
    return types<>{};
  else if constexpr (is_built<B>) // and it may share its last bytes with its object, so that it must not be replaced
    return types<typename Inspection::template fault_here<constant<B>>>{};
  else
    return detail::fault_of_visited<Inspection, Archive>(std::type_identity<B>{});
}
template <class Inspection, class Archive, class... X>
auto faults_of_visited(types<X...>)
    -> decltype((types<>{} + ... + detail::fault_of_visited<Inspection, Archive>(std::type_identity<X>{})));

template <class Inspection, class... I> types<I...> without_first(types<Inspection, I...>);

// A class that visits itself is passed over, as it may have a function whose return type is being deduced.
template <class Inspection, class X> consteval auto classes_in(std::type_identity<X>) {
  if constexpr (examined<X>.trusts || is_constructed_by_cereal<X>)
    return decltype(detail::without_first(detail::collect<X>(typename Inspection::way_on{}, types<Inspection>{}))){};
  else
    return types<>{};
}
template <class Inspection, class B> consteval auto classes_in(std::type_identity<base_part<B>>) {
  return decltype(detail::without_first(detail::collect<B>(typename Inspection::way_on{}, types<Inspection>{}))){};
}
template <class Inspection, class... X>
auto classes_visited(types<X...>)
    -> decltype((types<>{} + ... + detail::classes_in<Inspection>(std::type_identity<X>{})));

// What is const and would be loaded into: all members are in a function that is const itself.
template <class Inspection, class Archive, class T> consteval auto constant_if_loaded(std::type_identity<T>) {
  if constexpr (std::is_same_v<Archive, loading<Inspection>> && std::is_const_v<T> &&
                !is_wrapper<std::remove_const_t<T>>)
    return types<typename Inspection::template fault_here<constant<T>>>{};
  else
    return types<>{};
}

// The type that putting X... into Archive returns: the archive, or the error.
template <class Inspection, class Archive, class... X> consteval auto verdict() {
  using visited = decltype((types<>{} + ... + typename wrapped<std::remove_cvref_t<X>>::type{}));
  using faults = decltype((
      detail::faults_of_visited<Inspection, Archive>(visited{}) + ... +
      detail::constant_if_loaded<Inspection, Archive>(std::type_identity<std::remove_reference_t<X>>{})));
  if constexpr (!std::is_same_v<faults, types<>>)
    return decltype(detail::as_one(faults{})){};
  else {
    static_assert(decltype(detail::inspect(detail::classes_visited<Inspection>(visited{})))::value);
    return std::type_identity<Archive&>{};
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

namespace CROSSPOOL_NAMESPACE::fault {

// What follows in the chain, archive & broken & whatever, adds no error.
// NOLINTBEGIN(bugprone-return-const-ref-from-parameter): of a class that is never whole there are only references
template <class Position, class T, class Path, class Reason, class... Also, class X>
const cannot_cross_process_boundary<Position, T, Path, Reason, Also...>&
operator&(const cannot_cross_process_boundary<Position, T, Path, Reason, Also...>& error, X&&) {
  return error;
}
template <class Position, class T, class Path, class Reason, class... Also, class X>
const cannot_cross_process_boundary<Position, T, Path, Reason, Also...>&
operator<<(const cannot_cross_process_boundary<Position, T, Path, Reason, Also...>& error, X&&) {
  return error;
}
template <class Position, class T, class Path, class Reason, class... Also, class X>
const cannot_cross_process_boundary<Position, T, Path, Reason, Also...>&
operator>>(const cannot_cross_process_boundary<Position, T, Path, Reason, Also...>& error, X&&) {
  return error;
}
// NOLINTEND(bugprone-return-const-ref-from-parameter)

} // namespace CROSSPOOL_NAMESPACE::fault

#endif
