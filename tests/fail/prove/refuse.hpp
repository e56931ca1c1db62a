// A library that refuses, to check the checker with: quick to compile.
#ifdef CONTROL
#define FAULT(broken, repaired) repaired
#else
#define FAULT(broken, repaired) broken
#endif

namespace crosspool {

template <int N> struct map_argument;
template <class... Steps> struct path;
template <class T> struct raw_pointer;

template <class Position, class T, class Path, class Reason> inline constexpr bool can_cross = false;
template <class Position, class T, class Path, class Reason> struct cannot_cross_process_boundary {
  static_assert(can_cross<Position, T, Path, Reason>, "crosspool: send something else");
};

inline void map(int) {}
template <class T> void map(T*) {
  static_cast<void>(sizeof(cannot_cross_process_boundary<map_argument<1>, T*, path<>, raw_pointer<T*>>));
}

} // namespace crosspool
