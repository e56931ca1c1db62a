// Structured bindings name what its get gives, not its members.
#include <crosspool/crosspool.hpp>

#include "fault.hpp"

struct Color {
  unsigned rgba = 0;
};
#ifndef CONTROL
template <> struct std::tuple_size<Color> : std::integral_constant<std::size_t, 4> {};
template <std::size_t I> struct std::tuple_element<I, Color> {
  using type = unsigned char;
};
#endif
int run(const Color&);

void call(crosspool::fork_pool& pool, std::vector<Color> colors) {
  pool.map(run, colors); // here
}
// expect: map_argument<1>, Color, path<>, aggregate_that_cannot_be_opened<Color>
// expect: reflection cannot open it
