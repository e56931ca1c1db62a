// Whether the functions of a class of a class template are those that cereal has for the whole template, or a user's
// for fewer classes. Relies on cereal 1.3.
#ifndef CROSSPOOL_CHECK_TEMPLATE_FUNCTIONS_HPP
#define CROSSPOOL_CHECK_TEMPLATE_FUNCTIONS_HPP

#include <crosspool/check/cereal_functions.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
