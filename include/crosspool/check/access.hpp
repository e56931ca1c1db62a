// What the members of a class are that it lets none but cereal see: asked in the place of cereal::access, which classes
// make their friend. Relies on cereal 1.3.
#ifndef CROSSPOOL_CHECK_ACCESS_HPP
#define CROSSPOOL_CHECK_ACCESS_HPP

#include <crosspool/version.hpp>

#include <cereal/access.hpp>
#include <cereal/macros.hpp>

#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
