// Functions as bytes: by identity, with their state.
#ifndef CROSSPOOL_BYTES_FUNCTIONS_HPP
#define CROSSPOOL_BYTES_FUNCTIONS_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/check/callable.hpp>
#include <crosspool/error.hpp>
#include <crosspool/os/function_id.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

void encode_function_id(message_buffer& to, std::uintptr_t address);

std::uintptr_t decode_function_id(byte_view& from);

void encode_member_function(message_buffer& to, const member_function& f);

member_function decode_member_function(byte_view& from);

template <class F> struct function_codec {
  static void save(message_buffer& to, const F& f) {
    if constexpr (function_pointer_like<F> || std::is_member_pointer_v<F>)
      if (f == nullptr)
        throw error("crosspool: the function is a null pointer");
    if constexpr (function_pointer_like<F>)
      encode_function_id(to, reinterpret_cast<std::uintptr_t>(f));
    else if constexpr (std::is_member_function_pointer_v<F>)
      encode_member_function(to, std::bit_cast<member_function>(f));
    else if constexpr (std::is_member_object_pointer_v<F>)
      detail::encode(to, std::bit_cast<std::ptrdiff_t>(f));
    else if constexpr (!stateless<F>)
      detail::encode(to, f);
  }
  static F load(byte_view& from) {
    if constexpr (function_pointer_like<F>)
      return reinterpret_cast<F>(decode_function_id(from));
    else if constexpr (std::is_member_function_pointer_v<F>)
      return std::bit_cast<F>(decode_member_function(from));
    else if constexpr (std::is_member_object_pointer_v<F>)
      return std::bit_cast<F>(decode<std::ptrdiff_t>(from));
    else if constexpr (stateless<F>)
      return F{};
    else
      return decode<F>(from);
  }
};

template <class F, class... State> struct function_codec<bound<F, State...>> {
  static void save(message_buffer& to, const bound<F, State...>& f) {
    function_codec<F>::save(to, f.function());
    std::apply([&](const State&... state) { (detail::encode(to, state), ...); }, f.state());
  }
  static bound<F, State...> load(byte_view& from) {
    auto f = function_codec<F>::load(from);
    return bound<F, State...>(std::move(f), std::tuple<State...>{decode<State>(from)...});
  }
};

template <std::derived_from<function_wrapper> W> struct function_codec<W> {
  static void save(message_buffer& to, const W& f) { function_codec<typename W::wrapped>::save(to, f.function()); }
  static W load(byte_view& from) { return W(function_codec<typename W::wrapped>::load(from)); }
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/bytes/functions.ipp>
#endif

#endif
