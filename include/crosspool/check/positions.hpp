// The words of a refused call: which of its arguments, and why a function cannot be called with what arrives. Why a
// type cannot cross is said in the words of reasons.hpp.
#ifndef CROSSPOOL_CHECK_POSITIONS_HPP
#define CROSSPOOL_CHECK_POSITIONS_HPP

#include <crosspool/version.hpp>

#include <cstddef>

namespace CROSSPOOL_NAMESPACE::fault {

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

#endif
