// The words of the check's answers, as types and as numbers: which argument of a call is refused, why, and where inside
// its type. Relies on nothing.
#ifndef CROSSPOOL_CHECK_REASONS_HPP
#define CROSSPOOL_CHECK_REASONS_HPP

#include <crosspool/version.hpp>

#include <cstddef>
#include <string_view>

/// Words of the check that compilers print: no names that users write.
namespace CROSSPOOL_NAMESPACE::fault {

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
template <class T> struct incomplete_type;        // it, or what it points to
template <class T> struct not_trivially_copyable; // though it is said to cross as bytes
template <class T> struct saves_but_cannot_load;
template <class T> struct loads_but_cannot_save;
template <class T> struct not_default_constructible;
template <class T> struct unregistered_polymorphic;
template <class T> struct union_type;
template <class T> struct aggregate_that_cannot_be_opened;
template <class T> struct several_serialize_functions;
template <class T> struct inherited_serialize_function;  // a base's, which leaves behind what T adds to it
template <class T> struct serialize_function_for_others; // for other archives
template <class T> struct owns_something;                // a destructor or an assignment of its own
template <class T> struct state_left_behind;             // of a comparator, hasher or allocator
template <class T> struct custom_deleter;
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
struct comparator;
struct hasher;
struct key_equal;
struct allocator;
struct deleter;
struct inner_container;
template <class C> struct visited_by; // something that C's own cereal function puts into the archive
template <class X> struct archived;   // what that is, where the path goes on in it
template <class... Steps> struct path;

// The positions. N counts from 1.
template <std::size_t N> struct map_argument;
template <std::size_t N> struct apply_argument;
template <std::size_t N> struct initializer_argument;
struct function_state;
struct initializer_state;
struct reduction_state;
struct broadcast_value;
struct result;

// Why something cannot cross as which the call needs it, beyond the reasons for types.
template <class T> struct not_movable;    // into the call, out of the worker
template <class T> struct wrapped_by_std; // std::bind and its like, as a function

// Why a function cannot be called with what arrives. N: the number of the argument, from 1; Parameter: what the
// function takes there; Argument: what it is given.
template <std::size_t N, class Parameter, class Argument> struct argument_does_not_fit;
template <std::size_t N, class Parameter, class Argument> struct parameter_needs_const;
template <std::size_t N, class Parameter, class Argument> struct string_literal_travels_as_string;
template <std::size_t N> struct function_takes;
template <std::size_t N> struct call_gives;
template <class Takes, class Gives> struct wrong_number_of_arguments;
template <class Parameter> struct pool_keeps_no_state_for;
template <class Parameter, class State> struct first_parameter_is_not_the_state;
template <class... Arguments> struct cannot_take;

} // namespace CROSSPOOL_NAMESPACE::fault

namespace CROSSPOOL_NAMESPACE::detail {

using namespace fault;

// A step as it is written, where it has no name in the program.
template <class Step> inline constexpr std::string_view name_of_step{};
template <> inline constexpr std::string_view name_of_step<each_element> = "[]";
template <> inline constexpr std::string_view name_of_step<each_key> = "[].key";
template <> inline constexpr std::string_view name_of_step<each_mapped_value> = "[].value";
template <> inline constexpr std::string_view name_of_step<pointee> = "->";
template <> inline constexpr std::string_view name_of_step<comparator> = "comparator";
template <> inline constexpr std::string_view name_of_step<hasher> = "hasher";
template <> inline constexpr std::string_view name_of_step<key_equal> = "key_equal";
template <> inline constexpr std::string_view name_of_step<allocator> = "allocator";
template <> inline constexpr std::string_view name_of_step<deleter> = "deleter";
template <> inline constexpr std::string_view name_of_step<inner_container> = "inner container";

// What a type is made of; from raw_pointer on, why it cannot cross.
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
  no_serialize_function,
  incomplete_type,
  not_trivially_copyable,
  saves_but_cannot_load,
  loads_but_cannot_save,
  not_default_constructible,
  unregistered_polymorphic,
  union_type,
  aggregate_that_cannot_be_opened,
  several_serialize_functions,
  inherited_serialize_function,
  serialize_function_for_others,
  owns_something,
  state_left_behind,
  custom_deleter,
  constant,
  missing_cereal_header,
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
