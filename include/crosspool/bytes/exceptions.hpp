// Exceptions between processes. A standard exception, or one of crosspool's, is rebuilt as its own type; anything else
// arrives as a remote_error that names its type. Standard exceptions whose headers are costly to include (those of
// filesystem, regex and any) count as "anything else".
#ifndef CROSSPOOL_BYTES_EXCEPTIONS_HPP
#define CROSSPOOL_BYTES_EXCEPTIONS_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/os/demangle.hpp>
#include <crosspool/this_worker.hpp>

#include <cstdint>
#include <exception>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>

namespace CROSSPOOL_NAMESPACE::detail {

// Rebuilt from what(). The position in a list is the code that is sent.
using rebuilt_from_text =
    types<std::runtime_error, std::logic_error, std::invalid_argument, std::domain_error, std::length_error,
          std::out_of_range, std::range_error, std::overflow_error, std::underflow_error, error, start_failed,
          pool_closed, cancelled, memory_limit_exceeded, cereal::Exception>;
// Rebuilt from nothing: what() is fixed by the type.
using rebuilt_from_nothing =
    types<std::exception, std::bad_alloc, std::bad_array_new_length, std::bad_cast, std::bad_typeid, std::bad_exception,
          std::bad_function_call, std::bad_weak_ptr, std::bad_optional_access, std::bad_variant_access>;

enum class exception_form : std::uint8_t { text, nothing, coded, worker_died, task_timed_out, remote };

// The position of the type in the list, or -1.
template <class... E> int position_of(const std::type_info& type, types<E...>) {
  int position = 0;
  return ((type == typeid(E) || (++position, false)) || ...) ? position : -1;
}

// make(type_identity<E>) for the E at position; null if there is none.
template <class... E, class Make> std::exception_ptr make_at(int position, types<E...>, Make make) {
  std::exception_ptr made;
  int i = 0;
  (void)((i++ == position && (made = make(std::type_identity<E>{}), true)) || ...);
  return made;
}

void encode_remote(message_buffer& to, const std::string& type, const std::string& what);

// Exceptions that carry an error code of a category which both sides know.
enum class coded : std::uint8_t { system_error, ios_failure, future_error };

const std::error_category* category_at(std::size_t position);

void encode_coded(message_buffer& to, coded what, const std::exception& e, const std::error_code& code);

std::exception_ptr decode_coded(byte_view& from);

// Where the worker's memory is limited, that is what std::bad_alloc is about.
void encode_memory_exceeded(message_buffer& to);

void encode_exception(message_buffer& to, const std::exception& e);

/// Appends the exception being handled.
void encode_current_exception(message_buffer& to);

void encode_current_exception(bytes& to);

/// Reads an exception from the front of bytes and removes it there. Throws crosspool::error if there is none.
std::exception_ptr decode_exception(byte_view& from);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/bytes/exceptions.ipp>
#endif

#endif
