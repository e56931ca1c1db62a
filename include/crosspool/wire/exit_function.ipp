// What of wire/exit_function.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_EXIT_FUNCTION_IPP
#define CROSSPOOL_WIRE_EXIT_FUNCTION_IPP

#include <crosspool/wire/exit_function.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void answer_with_current_exception(bytes& answer) {
  answer.clear();
  encode(answer, false);
  encode_current_exception(answer);
}

CROSSPOOL_INLINE bytes run_exit(byte_view function) {
  bytes answer;
  try {
    reinterpret_cast<exit_entry>(decode_function_id(function))(function, answer);
    if (answer.size() > most_from_worker)
      throw error("crosspool: an exit function has returned more than a worker can say at its end");
  } catch (...) {
    answer_with_current_exception(answer);
  }
  return answer;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
