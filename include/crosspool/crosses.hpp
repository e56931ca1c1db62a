// crosses(value): whether this very value survives the way to another process and back. What its type promises, a value
// may still break: a pointer to a class that cereal has not been told of, a save that throws, a load that refuses.
#ifndef CROSSPOOL_CROSSES_HPP
#define CROSSPOOL_CROSSES_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/crossable.hpp>

#include <memory>
#include <type_traits>

namespace CROSSPOOL_NAMESPACE {

/// Sends value to itself: false if its type is not crossable, or saving or loading it throws, or the loading leaves
/// something over, or a std::weak_ptr that is one of its parts arrives expired, as it does if no std::shared_ptr goes
/// with it. Whether the copy is equal it does not ask. Runs the value's own cereal functions. (The idea is
/// dill.pickles, of Python's dill.)
template <class T> [[nodiscard]] bool crosses(const T& value) {
  if constexpr (!crossable<T> || std::is_volatile_v<T>)
    return false;
  else
    try {
      detail::bytes sent;
      detail::encode(sent, value);
      struct there {
        std::remove_cv_t<T> value{};
      };
      const auto received = std::make_unique<there>(); // as it may be large
      {
        input_archive archive(sent); // keeps alive what it has read
        detail::take_all(archive, received->value);
        if (archive.remaining() != 0)
          return false;
      }
      if constexpr (detail::examined<std::remove_cv_t<T>>.expires) {
        detail::bytes sent_again; // without what has expired
        detail::encode(sent_again, received->value);
        return sent_again.size() >= sent.size();
      } else
        return true;
    } catch (...) {
      return false;
    }
}

} // namespace CROSSPOOL_NAMESPACE

#endif
