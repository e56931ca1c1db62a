// The version of crosspool, stated here and nowhere else; the compilers it needs, and what all headers start from.
#ifndef CROSSPOOL_VERSION_HPP
#define CROSSPOOL_VERSION_HPP

#define CROSSPOOL_VERSION_MAJOR 0
#define CROSSPOOL_VERSION_MINOR 1
#define CROSSPOOL_VERSION_PATCH 0

#if defined(_MSC_VER) && !defined(__clang__)
#error "crosspool: MSVC is not supported; it needs g++ 11 or clang 16, or newer"
#elif defined(__clang__) && __clang_major__ < 16
#error "crosspool: this clang is too old; it needs clang 16 (or g++ 11), or newer"
#elif !defined(__clang__) && defined(__GNUC__) && __GNUC__ < 11
#error "crosspool: this g++ is too old; it needs g++ 11 (or clang 16), or newer"
#elif __cplusplus < 202002L
#error "crosspool: it needs C++20; compile with -std=c++20 or newer"
#else
#define CROSSPOOL_SUPPORTED
#endif

// Of what depends on no type of the user's, the headers hold declarations, and files named .ipp beside them the
// definitions (asio's way). Headers include them, unless CROSSPOOL_SEPARATE_COMPILATION is defined: then one file of
// the program includes <crosspool/src.hpp>, and <crosspool/src_mpi.hpp> if it has mpi pools, or the program links
// crosspool::compiled. Files of both ways may be in one program: they have names of their own, and what is given from
// one to the other does not link.
#ifdef CROSSPOOL_SEPARATE_COMPILATION
#define CROSSPOOL_INLINE
#define CROSSPOOL_NAMESPACE crosspool::inline compiled
#else
#define CROSSPOOL_INLINE inline
#define CROSSPOOL_NAMESPACE crosspool
#endif

namespace CROSSPOOL_NAMESPACE::detail {

/// Base of what is neither copied nor moved.
class not_copied {
public:
  not_copied(const not_copied&) = delete;
  not_copied& operator=(const not_copied&) = delete;

protected:
  not_copied() = default;
  ~not_copied() = default;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
