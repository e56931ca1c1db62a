// What put and take have in common: what is refused only when a program runs, what cereal wraps, and what it puts off.
#ifndef CROSSPOOL_BYTES_BOTH_WAYS_HPP
#define CROSSPOOL_BYTES_BOTH_WAYS_HPP

#include <crosspool/check/examine.hpp>
#include <crosspool/error.hpp>

#include <string>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE::detail {

template <class T>
inline constexpr bool is_constructed_by_cereal = classify<T>() == kind::not_default_constructible &&
                                                 constructed_by_cereal<T>;

// Only for what no call could check: what the functions visit of a class that comes in a pointer to its base.
template <class T> [[noreturn]] void refuse() {
  throw error("crosspool: " + std::string(type_name<T>()) + " cannot cross to another process");
}

// cereal::base_class of a base for which cereal has no function: an aggregate.
template <class T>
concept wraps_aggregate = is_wrapper<T> && requires(T& wrapper) {
  requires !by_cereal<std::remove_cvref_t<decltype(*wrapper.base_ptr)>>;
};

// For a pointer to a class that cereal has not been told of, or not for our archives: where they were not included.
template <class Do> void telling_of_registration(Do what) {
  try {
    what();
  } catch (const cereal::Exception& e) {
    const std::string why = e.what();
    if (why.find("unregistered polymorphic") == std::string::npos || why.find("crosspool/") != std::string::npos)
      throw;
    throw cereal::Exception(why + "\ncrosspool: where CEREAL_REGISTER_TYPE stands, #include <crosspool/archive.hpp>");
  }
}

// What cereal::defer makes.
template <class T> inline constexpr bool is_deferred = false;
template <class T> inline constexpr bool is_deferred<cereal::DeferredData<T>> = true;

// A pointer as cereal hands it to the archive.
template <class T> inline constexpr bool is_pointer_wrapper = false;
template <class Pointer> inline constexpr bool is_pointer_wrapper<cereal::memory_detail::PtrWrapper<Pointer>> = true;

// What is read first and then moved to where it stays, so that nothing in it can be read later.
template <class T>
concept moved_when_read = !is_wrapper<T> && examined<T>.trusts &&
                          (is_built<T> || filled_with_decoded<T> || is_variant<T> ||
                           (in_std<T> && requires { typename T::key_type; }));

// What becomes of deferring while a T is put or taken: off in what is moved, on in what a pointer points to, as that
// stays.
enum class deferral : unsigned char { as_before, off, on };
template <class T>
inline constexpr deferral deferral_within = is_pointer_wrapper<T> ? deferral::on
                                            : moved_when_read<T>  ? deferral::off
                                                                  : deferral::as_before;
template <deferral how> class deferring : not_copied {
public:
  explicit deferring(deferments& what) noexcept : what_(what), was_off_(what.turn_off(how == deferral::off)) {}
  ~deferring() { what_.turn_off(was_off_); }

private:
  deferments& what_;
  bool was_off_;
};
template <> class deferring<deferral::as_before> {
public:
  explicit deferring(deferments&) noexcept {}
};

// What names a file: a path itself, or that of an entry.
template <class T> const auto& path_of(const T& file) {
  if constexpr (requires { file.native(); })
    return file;
  else
    return file.path();
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
