#include <crosspool/crosspool.hpp>

enum class color : unsigned char { red, green };
enum plain { one, two };

template <class... T> constexpr bool all_cross = (crosspool::crossable<T> && ...);
static_assert(all_cross<bool, char, wchar_t, char8_t, char16_t, signed char, short, int, long, long long, unsigned long,
                        float, double, long double, std::byte, std::size_t, color, plain, const int, volatile double>);
color run(plain, long double);

void call(crosspool::spawn_pool& pool) {
  color result = pool.apply(run, two, 1.5L);
  static_cast<void>(result);
}
