// The version of crosspool, stated here and nowhere else, and the compilers it needs.
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

#endif
