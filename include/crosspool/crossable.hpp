// crossable<T>: can a value of T be sent to another process? Decided at compile time by looking all the way down.
// classify<T>() says what T is made of, without looking into the parts; examine<T>() walks
// the parts. The walk is an ordinary constexpr function, so that a program without faults pays for each type once and
// only a fault is turned into types (a path) for the error message.
// Relies on cereal's traits for what has serialization functions.
#ifndef CROSSPOOL_CROSSABLE_HPP
#define CROSSPOOL_CROSSABLE_HPP

#include <crosspool/archive.hpp>
#include <crosspool/reflect.hpp>
#include <crosspool/type_name.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <iterator>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace crosspool {

/// For who knows better: specialize this as true for a trivially copyable T, and its bytes are sent as they are,
/// whatever the check thinks of it. Right for a pointer to what a fork pool's workers have inherited unchanged, and for
/// little else.
template <class T> inline constexpr bool crosses_as_bytes = false;

/// A string as a template argument.
template <std::size_t N> struct text {
  consteval explicit text(std::string_view from) {
    for (std::size_t i = 0; i < N; ++i)
      chars[i] = from[i];
  }
  [[nodiscard]] constexpr std::string_view view() const { return {chars, N}; }
  char chars[N + 1]{};
};

// Why a type cannot cross. T is the type at the end of the path.
template <class T> struct raw_pointer;
template <class T> struct function_pointer;
template <class T> struct reference;
template <class T> struct view;
template <class T> struct iterator;
template <class T> struct capturing_lambda;
template <class T> struct type_erased;
template <class T> struct os_handle;
template <class T> struct synchronization;
template <class T> struct a_pool;
template <class T, text Header> struct missing_cereal_header; // Header: the one to include
template <class T> struct no_serialize_function;
template <class T> struct saves_but_cannot_load;
template <class T> struct loads_but_cannot_save;
template <class T> struct not_default_constructible;
template <class T> struct unregistered_polymorphic;
template <class T> struct union_type;
template <class T> struct aggregate_that_cannot_be_opened;
template <class T> struct constant; // nothing can be loaded into it

// Where inside a type: the steps of a path.
template <text Name> struct member;
template <std::size_t I> struct member_number;
template <std::size_t I> struct tuple_element;
template <std::size_t I> struct alternative;
struct each_element;
struct each_key;
struct each_mapped_value;
struct pointee;
template <class C> struct visited_by; // something that C's own cereal function puts into the archive
template <class... Steps> struct path;

namespace detail {

/// Base of pools and futures, to know them by.
struct pool_or_future {};

enum class kind : unsigned char {
  value,    // crosses as it is
  trusted,  // has cereal functions of its own: believed here, checked when they run
  composed, // crosses if its parts do
  raw_pointer,
  function_pointer,
  reference,
  view,
  iterator,
  capturing_lambda,
  type_erased,
  os_handle,
  synchronization,
  a_pool,
  missing_cereal_header,
  no_serialize_function,
  saves_but_cannot_load,
  loads_but_cannot_save,
  not_default_constructible,
  unregistered_polymorphic,
  union_type,
  aggregate_that_cannot_be_opened,
  constant,
};

// Types of the standard library that never cross, by name: naming them by type would include their headers.
struct known_type {
  std::string_view name;
  kind why;
};
inline constexpr std::array known_types{
    known_type{"basic_string_view<", kind::view},
    known_type{"span<", kind::view},
    known_type{"initializer_list<", kind::view},
    known_type{"reference_wrapper<", kind::reference},
    known_type{"function<", kind::type_erased},
    known_type{"move_only_function<", kind::type_erased},
    known_type{"any", kind::type_erased},
    known_type{"packaged_task<", kind::type_erased},
    known_type{"thread", kind::os_handle},
    known_type{"jthread", kind::os_handle},
    known_type{"basic_fstream<", kind::os_handle},
    known_type{"basic_ifstream<", kind::os_handle},
    known_type{"basic_ofstream<", kind::os_handle},
    known_type{"basic_filebuf<", kind::os_handle},
    known_type{"basic_istream<", kind::os_handle},
    known_type{"basic_ostream<", kind::os_handle},
    known_type{"basic_iostream<", kind::os_handle},
    known_type{"filesystem::directory_iterator", kind::os_handle},
    known_type{"filesystem::recursive_directory_iterator", kind::os_handle},
    known_type{"fstream", kind::os_handle},
    known_type{"ifstream", kind::os_handle},
    known_type{"ofstream", kind::os_handle},
    known_type{"filebuf", kind::os_handle},
    known_type{"istream", kind::os_handle},
    known_type{"ostream", kind::os_handle},
    known_type{"iostream", kind::os_handle},
    known_type{"wfstream", kind::os_handle},
    known_type{"wifstream", kind::os_handle},
    known_type{"wofstream", kind::os_handle},
    known_type{"wfilebuf", kind::os_handle},
    known_type{"wistream", kind::os_handle},
    known_type{"wostream", kind::os_handle},
    known_type{"wiostream", kind::os_handle},
    known_type{"string_view", kind::view},
    known_type{"wstring_view", kind::view},
    known_type{"u8string_view", kind::view},
    known_type{"u16string_view", kind::view},
    known_type{"u32string_view", kind::view},
    known_type{"filesystem::__cxx11::directory_iterator", kind::os_handle},
    known_type{"filesystem::__cxx11::recursive_directory_iterator", kind::os_handle},
    known_type{"mutex", kind::synchronization},
    known_type{"recursive_mutex", kind::synchronization},
    known_type{"timed_mutex", kind::synchronization},
    known_type{"recursive_timed_mutex", kind::synchronization},
    known_type{"shared_mutex", kind::synchronization},
    known_type{"shared_timed_mutex", kind::synchronization},
    known_type{"condition_variable", kind::synchronization},
    known_type{"_V2::condition_variable_any", kind::synchronization},
    known_type{"condition_variable_any", kind::synchronization},
    known_type{"unique_lock<", kind::synchronization},
    known_type{"shared_lock<", kind::synchronization},
    known_type{"lock_guard<", kind::synchronization},
    known_type{"scoped_lock<", kind::synchronization},
    known_type{"counting_semaphore<", kind::synchronization},
    known_type{"latch", kind::synchronization},
    known_type{"barrier<", kind::synchronization},
    known_type{"once_flag", kind::synchronization},
    known_type{"atomic_flag", kind::synchronization},
    known_type{"stop_token", kind::synchronization},
    known_type{"stop_source", kind::synchronization},
    known_type{"future<", kind::synchronization},
    known_type{"shared_future<", kind::synchronization},
    known_type{"promise<", kind::synchronization},
};

// The reason for a standard type of this name, or kind::value if the table does not know it.
consteval kind find_known(std::string_view name) {
  for (const auto& known : known_types)
    if (known.name.ends_with('<') ? name.starts_with(known.name) : name == known.name)
      return known.why;
  return kind::value;
}

// The cereal headers that archive.hpp does not include, by what they are for.
struct header_for {
  std::string_view name, header;
};
inline constexpr std::array headers{
    header_for{"deque<", "cereal/types/deque.hpp"},
    header_for{"list<", "cereal/types/list.hpp"},
    header_for{"forward_list<", "cereal/types/forward_list.hpp"},
    header_for{"set<", "cereal/types/set.hpp"},
    header_for{"multiset<", "cereal/types/set.hpp"},
    header_for{"unordered_map<", "cereal/types/unordered_map.hpp"},
    header_for{"unordered_multimap<", "cereal/types/unordered_map.hpp"},
    header_for{"unordered_set<", "cereal/types/unordered_set.hpp"},
    header_for{"unordered_multiset<", "cereal/types/unordered_set.hpp"},
    header_for{"queue<", "cereal/types/queue.hpp"},
    header_for{"priority_queue<", "cereal/types/queue.hpp"},
    header_for{"stack<", "cereal/types/stack.hpp"},
    header_for{"bitset<", "cereal/types/bitset.hpp"},
    header_for{"complex<", "cereal/types/complex.hpp"},
    header_for{"valarray<", "cereal/types/valarray.hpp"},
    header_for{"atomic<", "cereal/types/atomic.hpp"},
    header_for{"chrono::duration<", "cereal/types/chrono.hpp"},
    header_for{"chrono::time_point<", "cereal/types/chrono.hpp"},
};

// The header that serializes the standard type of this name; empty if there is none.
consteval std::string_view cereal_header(std::string_view name) {
  for (const auto& each : headers)
    if (name.starts_with(each.name))
      return each.header;
  return {};
}

template <class T> inline constexpr bool in_std = !std_name(type_name<T>()).empty();

template <class T>
inline constexpr bool is_closure = type_name<T>().find("(lambda at ") != std::string_view::npos
                                       ? type_name<T>().ends_with(')')
                                       : type_name<T>().find("<lambda(") != std::string_view::npos &&
                                             type_name<T>().ends_with(")>");

// cereal's own wrappers (NameValuePair, SizeTag…): only cereal knows what to do with them.
template <class T>
inline constexpr bool is_wrapper = type_name<T>().starts_with("cereal::");

template <class T>
concept saves_by_cereal = cereal::traits::is_output_serializable<T, output_archive>::value;

template <class T>
concept loads_by_cereal = cereal::traits::is_input_serializable<T, input_archive>::value;

template <class T>
concept by_cereal = saves_by_cereal<T> && loads_by_cereal<T>;

template <class T>
concept complete = requires { sizeof(T); };

// A save that is not const: cereal answers it with an assertion of its own, so it must not be asked.
template <class T>
concept can_be_saved = requires(T& value, output_archive& archive) { value.save(archive); } ||
                       requires(T& value, output_archive& archive) { value.save(archive, std::uint32_t{}); };
template <class T>
concept saves_not_const = can_be_saved<T> && !can_be_saved<const T>;

template <class T>
concept points_to_incomplete = in_std<T> && requires {
  typename T::element_type;
  requires !std::is_array_v<typename T::element_type>;
  requires !complete<typename T::element_type>;
};

template <class T>
concept points_to_polymorphic = requires { requires std::is_polymorphic_v<typename T::element_type>; };

template <class T>
concept tuple_like = requires { std::tuple_size<T>::value; };

template <class T>
concept map_like = requires {
  typename T::key_type;
  typename T::mapped_type;
};

// A part of a type: how to get there, and what is there.
template <class Step, class T> struct part {};

template <class T> inline constexpr bool is_variant = false;
template <class... A> inline constexpr bool is_variant<std::variant<A...>> = true;

template <class T> inline constexpr bool is_string = false;
template <class C, class Traits, class A> inline constexpr bool is_string<std::basic_string<C, Traits, A>> = true;

template <class T> consteval kind classify() {
  if constexpr (std::is_reference_v<T>)
    return kind::reference;
  else if constexpr (crosses_as_bytes<T>)
    return kind::value;
  else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> || is_string<T>)
    return kind::value;
  else if constexpr (std::is_member_pointer_v<T> || std::is_function_v<std::remove_pointer_t<T>>)
    return kind::function_pointer;
  else if constexpr (std::is_same_v<T, std::FILE*>)
    return kind::os_handle;
  else if constexpr (std::is_pointer_v<T> || std::is_null_pointer_v<T>)
    return kind::raw_pointer;
  else if constexpr (std::is_bounded_array_v<T>)
    return kind::composed;
  else if constexpr (!complete<T> || points_to_incomplete<T>)
    return kind::no_serialize_function;
  else if constexpr (std::is_union_v<T>)
    return kind::union_type;
  else if constexpr (std::is_base_of_v<pool_or_future, T>)
    return kind::a_pool;
  else if constexpr (in_std<T> && find_known(std_name(type_name<T>())) != kind::value)
    return find_known(std_name(type_name<T>()));
  else if constexpr (is_closure<T>)
    return std::is_empty_v<T> && std::is_default_constructible_v<T> ? kind::value : kind::capturing_lambda;
  else if constexpr (saves_not_const<T>)
    return kind::loads_but_cannot_save;
  else if constexpr (by_cereal<T>) {
    if constexpr (in_std<T>)
      return kind::composed;
    else
      return std::is_default_constructible_v<T> ? kind::trusted : kind::not_default_constructible;
  } else if constexpr (saves_by_cereal<T> && !loads_by_cereal<T>)
    return kind::saves_but_cannot_load;
  else if constexpr (loads_by_cereal<T> && !saves_by_cereal<T>)
    return kind::loads_but_cannot_save;
  else if constexpr (std::is_empty_v<T> && std::is_trivially_copyable_v<T> && std::is_default_constructible_v<T>)
    return kind::value;
  else if constexpr (std::input_or_output_iterator<T>)
    return kind::iterator;
  else if constexpr (in_std<T> && std_name(type_name<T>()).starts_with("ranges::"))
    return kind::view;
  else if constexpr (in_std<T> && !cereal_header(std_name(type_name<T>())).empty())
    return kind::missing_cereal_header;
  else if constexpr (in_std<T> && points_to_polymorphic<T>)
    return kind::unregistered_polymorphic;
  else if constexpr (in_std<T>)
    return kind::no_serialize_function;
  else if constexpr (openable<T>)
    return kind::composed;
  else if constexpr (std::is_aggregate_v<T>)
    return kind::aggregate_that_cannot_be_opened;
  else
    return kind::no_serialize_function;
}

// The parts of a composed type, as a list of part<Step, Type>.
template <template <std::size_t> class Step, class Types, class Indices> struct numbered_parts;
template <template <std::size_t> class Step, class... T, std::size_t... I>
struct numbered_parts<Step, types<T...>, std::index_sequence<I...>> {
  using type = types<part<Step<I>, T>...>;
};
template <template <std::size_t> class Step, class... T>
using numbered = typename numbered_parts<Step, types<T...>, std::index_sequence_for<T...>>::type;

template <class T, class Indices> struct tuple_parts_of;
template <class T, std::size_t... I> struct tuple_parts_of<T, std::index_sequence<I...>> {
  using type = numbered<tuple_element, std::tuple_element_t<I, T>...>;
};

template <class T> struct variant_parts;
template <class... A> struct variant_parts<std::variant<A...>> {
  using type = numbered<alternative, A...>;
};

template <class Members> struct member_parts;
template <class... M> struct member_parts<types<M...>> {
  using type = numbered<member_number, M...>;
};

template <class T> consteval auto find_parts() {
  if constexpr (std::is_bounded_array_v<T>)
    return std::type_identity<types<part<each_element, std::remove_extent_t<T>>>>{};
  else if constexpr (!by_cereal<T>)
    return member_parts<member_types<T>>{};
  else if constexpr (map_like<T>)
    return std::type_identity<
        types<part<each_key, typename T::key_type>, part<each_mapped_value, typename T::mapped_type>>>{};
  else if constexpr (is_variant<T>)
    return variant_parts<T>{};
  else if constexpr (requires { typename T::value_type; }) // containers, arrays, optional, atomic, complex …
    return std::type_identity<types<part<each_element, typename T::value_type>>>{};
  else if constexpr (tuple_like<T>)
    return tuple_parts_of<T, std::make_index_sequence<std::tuple_size_v<T>>>{};
  else if constexpr (requires {
                       typename T::element_type;
                     }) { // smart pointers; a polymorphic pointee is cereal's to find
    if constexpr (!complete<typename T::element_type> || std::is_polymorphic_v<typename T::element_type>)
      return std::type_identity<types<>>{};
    else
      return std::type_identity<types<part<pointee, std::remove_const_t<typename T::element_type>>>>{};
  } else
    return std::type_identity<types<>>{};
}
template <class T> using parts = typename decltype(find_parts<T>())::type;

// Whether T is opened, and not handed to cereal.
template <class T> consteval bool find_opened() {
  if constexpr (std::is_class_v<T> && classify<T>() == kind::composed)
    return !by_cereal<T>;
  else
    return false;
}
template <class T>
concept opened = find_opened<T>();

// Whether T is an aggregate whose members cannot all be loaded into, because they or what is in them is const: it is
// built of its members instead, if it can be.
template <class T> inline constexpr bool is_built = false;
template <class... M> consteval bool have_constants(types<M...>) {
  return ((std::is_const_v<M> || is_built<M>) || ...);
}
template <opened T> inline constexpr bool is_built<T> = have_constants(member_types<T>{});

template <class T> inline constexpr bool is_buildable = !is_built<T>;
template <class M>
concept can_be_returned = !std::is_array_v<M> && std::is_move_constructible_v<M> && is_buildable<M>;
template <class T, class... M, std::size_t... bases>
consteval bool can_be_built(types<M...>, std::index_sequence<bases...>) {
  return (can_be_returned<std::remove_const_t<M>> && ...) &&
         requires(M (*... make)()) { T{(static_cast<void>(bases), made_base_of<T>{})..., make()...}; };
}
template <class T>
  requires is_built<T>
inline constexpr bool is_buildable<T> = std::is_move_constructible_v<T> &&
                                        can_be_built<T>(member_types<T>{},
                                                        std::make_index_sequence<shape_of<T>.bases>{});

template <class T> inline constexpr bool is_vector_or_optional = false;
template <class T, class A> inline constexpr bool is_vector_or_optional<std::vector<T, A>> = true;
template <class T> inline constexpr bool is_vector_or_optional<std::optional<T>> = true;

// cereal makes an element first and then loads into it, which replaces what is built: better decode that by itself.
// What cannot be moved must stay where cereal makes it.
template <class T>
concept made_by_cereal = std::is_default_constructible_v<T> &&
                         (std::is_move_assignable_v<T> || !std::is_move_constructible_v<T>);

// The containers whose elements are decoded and then put in, where cereal could not make them.
template <class T> consteval bool find_filled_with_decoded() {
  if constexpr (is_vector_or_optional<T>)
    return !made_by_cereal<typename T::value_type>;
  else if constexpr (in_std<T> && map_like<T>)
    return !made_by_cereal<typename T::key_type> || !made_by_cereal<typename T::mapped_type>;
  else
    return false;
}
template <class T>
concept filled_with_decoded = find_filled_with_decoded<T>();

template <class T> inline constexpr bool is_std_array = false;
template <class T, std::size_t N> inline constexpr bool is_std_array<std::array<T, N>> = true;

// Whether what holds Ts can make one that has no default constructor: {} makes it as an element of an array or a
// member.
template <class Holder> consteval bool makes_by_braces() {
  if constexpr (std::is_array_v<Holder> || is_std_array<Holder>)
    return true;
  else
    return filled_with_decoded<Holder>;
}

// Where the first fault is: the numbers of the parts to step through, outermost first.
struct finding {
  bool crosses = true;
  bool trusts = false; // a class's own cereal functions have a say
  kind why = kind::value;
  std::size_t depth = 0;
  std::array<std::uint8_t, 62> steps{};
};

// The types on the way down, to end at types that contain themselves.
template <class... Up> struct ancestors {};

template <class T, class... Up> constexpr finding examine(ancestors<Up...> up = {}, std::size_t depth = 0);

// Where the first const part of T is, which keeps it from being loaded into or default-constructed.
template <class T> constexpr finding find_constant(std::size_t depth) {
  finding found{.crosses = false, .why = kind::constant, .depth = depth};
  [[maybe_unused]] const auto look_at = [&]<class Step, class M>(std::uint8_t number, part<Step, M>) {
    if constexpr (std::is_const_v<M>)
      found.depth = depth + 1;
    else if constexpr (is_built<M> || (!std::is_default_constructible_v<M> && classify<M>() == kind::composed))
      found = find_constant<M>(depth + 1);
    else
      return false;
    if (depth < found.steps.size())
      found.steps[depth] = number;
    return true;
  };
  [&]<class... P>(types<P...>) {
    std::uint8_t number = 0;
    static_cast<void>((look_at(number++, P{}) || ...));
  }(parts<T>{});
  return found;
}

template <class Holder, class Step, class T, class... Up>
constexpr finding examine_part(part<Step, T>, ancestors<Up...> up, std::size_t depth) {
  // cereal makes a pointee itself, so that it alone need not be default-constructible where it can construct it.
  if constexpr (std::is_same_v<Step, pointee>)
    if constexpr (by_cereal<T> && cereal::traits::has_load_and_construct<T, input_archive>::value)
      return {.trusts = true};
  if constexpr (opened<Holder>)
    return detail::examine<std::remove_const_t<T>>(up, depth);
  else if constexpr (std::is_const_v<T>)
    return {.crosses = false, .why = kind::constant, .depth = depth};
  else {
    if constexpr (std::is_class_v<T> && classify<T>() == kind::composed)
      if constexpr (!std::is_default_constructible_v<T> && !makes_by_braces<Holder>())
        return find_constant<T>(depth);
    return detail::examine<T>(up, depth);
  }
}

template <class Holder, class... P, class Up>
constexpr finding examine_parts(types<P...>, [[maybe_unused]] Up up, [[maybe_unused]] std::size_t depth) {
  finding found;
  bool trusts = false;
  [[maybe_unused]] std::uint8_t number = 0;
  [[maybe_unused]] const auto faulty = [&](const finding& f) {
    found = f;
    trusts = trusts || f.trusts;
    if (!f.crosses && depth < found.steps.size())
      found.steps[depth] = number;
    ++number;
    return !f.crosses;
  };
  (void)(faulty(detail::examine_part<Holder>(P{}, up, depth + 1)) || ...);
  found.trusts = trusts;
  return found;
}

template <class T, class... Up> constexpr finding examine(ancestors<Up...>, std::size_t depth) {
  constexpr kind what = classify<T>();
  if constexpr (what == kind::value || (std::is_same_v<T, Up> || ...))
    return {};
  else if constexpr (what == kind::trusted)
    return {.trusts = true};
  else if constexpr (what == kind::composed) {
    const auto found = detail::examine_parts<T>(parts<T>{}, ancestors<Up..., T>{}, depth);
    if constexpr (!is_buildable<T>)
      return found.crosses ? find_constant<T>(depth) : found;
    else
      return found;
  } else
    return {.crosses = false, .why = what, .depth = depth};
}

template <class T> inline constexpr finding examined = examine<T>();

} // namespace detail

/// Whether a value of T (const or not) can be sent to another process and be rebuilt there. Never a hard error; a type
/// that is incomplete where this is first asked counts as not crossable.
template <class T>
concept crossable = detail::examined<std::remove_cv_t<T>>.crosses;

} // namespace crosspool

#endif
