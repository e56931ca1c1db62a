// What of bytes/exceptions.hpp depends on no type of the user's.
#ifndef CROSSPOOL_BYTES_EXCEPTIONS_IPP
#define CROSSPOOL_BYTES_EXCEPTIONS_IPP

#include <crosspool/bytes/exceptions.hpp>

#include <future>
#include <iterator>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void encode_remote(message_buffer& to, const std::string& type, const std::string& what) {
  encode(to, exception_form::remote);
  encode(to, type);
  encode(to, what);
}

CROSSPOOL_INLINE const std::error_category* category_at(std::size_t position) {
  const std::error_category* const known[] = {&std::generic_category(), &std::system_category(),
                                              &std::iostream_category(), &std::future_category()};
  return position < std::size(known) ? known[position] : nullptr;
}

CROSSPOOL_INLINE void encode_coded(message_buffer& to, coded what, const std::exception& e,
                                   const std::error_code& code) {
  std::size_t category = 0;
  while (category_at(category) != nullptr && *category_at(category) != code.category())
    ++category;
  if (category_at(category) == nullptr)
    return encode_remote(to, demangle(typeid(e)), e.what());
  // what() is the text given at construction plus the code's message; only the text is sent.
  std::string text = e.what();
  if (const std::string suffix = code.message(); text.ends_with(suffix))
    text.resize(text.size() - suffix.size());
  if (text.ends_with(": "))
    text.resize(text.size() - 2);
  encode(to, exception_form::coded);
  encode(to, what);
  encode(to, category);
  encode(to, code.value());
  encode(to, text);
}

CROSSPOOL_INLINE std::exception_ptr decode_coded(byte_view& from) {
  const auto what = decode<coded>(from);
  const auto* const category = category_at(decode<std::size_t>(from));
  const auto value = decode<int>(from);
  const auto text = decode<std::string>(from);
  if (category == nullptr)
    return nullptr;
  const std::error_code code(value, *category);
  switch (what) {
  case coded::system_error:
    return std::make_exception_ptr(text.empty() ? std::system_error(code) : std::system_error(code, text));
  case coded::ios_failure:
    return std::make_exception_ptr(std::ios_base::failure(text, code));
  case coded::future_error:
    return std::make_exception_ptr(std::future_error(static_cast<std::future_errc>(value)));
  }
  return nullptr;
}

CROSSPOOL_INLINE void encode_memory_exceeded(message_buffer& to) {
  encode(to, exception_form::text);
  encode(to, position_of(typeid(memory_limit_exceeded), rebuilt_from_text{}));
  encode(to, "crosspool: the item needed more memory than options.memory_limit, " + std::to_string(memory_limit_here) +
                 " bytes, allows");
}

CROSSPOOL_INLINE void encode_exception(message_buffer& to, const std::exception& e) {
  const auto& type = typeid(e);
  if (memory_limit_here != 0 && type == typeid(std::bad_alloc))
    encode_memory_exceeded(to);
  else if (const int position = position_of(type, rebuilt_from_text{}); position >= 0) {
    encode(to, exception_form::text);
    encode(to, position);
    encode(to, std::string(e.what()));
  } else if (const int fixed = position_of(type, rebuilt_from_nothing{}); fixed >= 0) {
    encode(to, exception_form::nothing);
    encode(to, fixed);
  } else if (type == typeid(std::system_error))
    encode_coded(to, coded::system_error, e, static_cast<const std::system_error&>(e).code());
  else if (type == typeid(std::ios_base::failure) || demangle(type) == "std::__ios_failure") // what libstdc++ throws
    encode_coded(to, coded::ios_failure, e, dynamic_cast<const std::ios_base::failure&>(e).code());
  else if (type == typeid(std::future_error))
    encode_coded(to, coded::future_error, e, static_cast<const std::future_error&>(e).code());
  else if (type == typeid(worker_died)) {
    const auto& died = static_cast<const worker_died&>(e);
    encode(to, exception_form::worker_died);
    encode(to, std::string(e.what()));
    encode(to, died.item());
    encode(to, died.pid());
    encode(to, died.signal());
    encode(to, died.exit_status());
  } else if (type == typeid(task_timed_out)) {
    encode(to, exception_form::task_timed_out);
    encode(to, std::string(e.what()));
    encode(to, static_cast<const task_timed_out&>(e).item());
  } else if (type == typeid(remote_error))
    encode_remote(to, static_cast<const remote_error&>(e).type(), e.what());
  else
    encode_remote(to, demangle(type), e.what());
}

CROSSPOOL_INLINE void encode_current_exception(message_buffer& to) {
  const auto* const type = abi::__cxa_current_exception_type();
  const auto type_text = type != nullptr ? demangle(*type) : std::string("an unknown type");
  try {
    throw;
  } catch (const std::exception& e) {
    encode_exception(to, e);
  } catch (const std::string& text) {
    encode_remote(to, "std::string", text);
  } catch (const char* text) {
    encode_remote(to, type_text, text != nullptr ? text : "");
  } catch (int number) {
    encode_remote(to, type_text, std::to_string(number));
  } catch (...) {
    encode_remote(to, type_text, "an exception of type " + type_text);
  }
}

CROSSPOOL_INLINE void encode_current_exception(bytes& to) {
  vector_buffer buffer(to);
  encode_current_exception(buffer);
}

CROSSPOOL_INLINE std::exception_ptr decode_exception(byte_view& from) {
  std::exception_ptr made;
  switch (decode<exception_form>(from)) {
  case exception_form::text: {
    const auto position = decode<int>(from);
    const auto text = decode<std::string>(from);
    made = make_at(position, rebuilt_from_text{},
                   [&]<class E>(std::type_identity<E>) { return std::make_exception_ptr(E(text)); });
    break;
  }
  case exception_form::nothing:
    made = make_at(decode<int>(from), rebuilt_from_nothing{},
                   []<class E>(std::type_identity<E>) { return std::make_exception_ptr(E()); });
    break;
  case exception_form::coded:
    made = decode_coded(from);
    break;
  case exception_form::worker_died: {
    const auto text = decode<std::string>(from);
    const auto item = decode<std::size_t>(from);
    const auto pid = decode<int>(from);
    const auto signal = decode<int>(from);
    made = std::make_exception_ptr(worker_died(text, item, pid, signal, decode<int>(from)));
    break;
  }
  case exception_form::task_timed_out: {
    const auto text = decode<std::string>(from);
    made = std::make_exception_ptr(task_timed_out(text, decode<std::size_t>(from)));
    break;
  }
  case exception_form::remote: {
    auto type = decode<std::string>(from);
    made = std::make_exception_ptr(remote_error(std::move(type), decode<std::string>(from)));
    break;
  }
  }
  if (!made)
    throw error("crosspool: a message holds an exception of no known form");
  return made;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
