// A list of types. (std::tuple for that would cost an instantiation for each list.)
#ifndef CROSSPOOL_CHECK_TYPES_HPP
#define CROSSPOOL_CHECK_TYPES_HPP

#include <crosspool/version.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

template <class...> struct types {};
template <class... A, class... B> types<A..., B...> operator+(types<A...>, types<B...>);

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
