// What a policy is: how a worker comes to life, and therefore what crosses to it, and how. A policy states that in four
// constants, the boundary table; the compile-time check and the verbs read them and know no policy by name. Behind each
// policy stands static_assert(policy<...>).
#ifndef CROSSPOOL_POLICY_HPP
#define CROSSPOOL_POLICY_HPP

#include <crosspool/options.hpp>

#include <concepts>
#include <string_view>

namespace CROSSPOOL_NAMESPACE {

/// How something travels to a worker.
enum class crossing {
  shared,     ///< not at all: the worker uses the same object
  inherited,  ///< the kernel copies the memory when the worker is forked; nothing is serialized
  serialized, ///< as bytes
};

template <class P>
concept policy = requires {
  { P::name } -> std::convertible_to<std::string_view>;
  { P::initializer } -> std::convertible_to<crossing>;
  { P::function } -> std::convertible_to<crossing>;
  { P::arguments } -> std::convertible_to<crossing>;
  { P::results } -> std::convertible_to<crossing>;
  typename P::engine;
};

} // namespace CROSSPOOL_NAMESPACE

#endif
