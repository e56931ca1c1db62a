// What of bytes/tracer.hpp depends on no type of the user's.
#ifndef CROSSPOOL_BYTES_TRACER_IPP
#define CROSSPOOL_BYTES_TRACER_IPP

#include <crosspool/bytes/tracer.hpp>

#include <algorithm>
#include <array>
#include <exception>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::string readable(std::string_view spelled) {
  std::string name(spelled);
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = name.find(from); at != std::string::npos; at = name.find(from, at + to.size()))
      name.replace(at, from.size(), to);
  };
  replace("std::__cxx11::", "std::");
  replace("std::__1::", "std::");
  replace("std::basic_string<char>", "std::string");
  replace("crosspool::compiled::", "crosspool::");
  replace(" >", ">");
  return name;
}

struct reason_in_words {
  kind why;
  std::string_view name, words;
};
inline constexpr std::array reasons_in_words{
    reason_in_words{kind::raw_pointer, "raw_pointer", "an address of this process"},
    reason_in_words{kind::function_pointer, "function_pointer", "an address of this process"},
    reason_in_words{kind::reference, "reference", "refers to memory of this process"},
    reason_in_words{kind::view, "view", "owns nothing"},
    reason_in_words{kind::iterator, "iterator", "points into a container of this process"},
    reason_in_words{kind::capturing_lambda, "capturing_lambda", "its captures cannot be seen"},
    reason_in_words{kind::type_erased, "type_erased", "hides what it holds"},
    reason_in_words{kind::os_handle, "os_handle", "belongs to this process"},
    reason_in_words{kind::synchronization, "synchronization", "works in one process only"},
    reason_in_words{kind::a_pool, "a_pool", "belongs to the process that made it"},
    reason_in_words{kind::missing_cereal_header, "missing_cereal_header", "needs"},
    reason_in_words{kind::no_serialize_function, "no_serialize_function", "has none, and is no aggregate"},
    reason_in_words{kind::incomplete_type, "incomplete_type", "is not defined where this is asked"},
    reason_in_words{kind::not_trivially_copyable, "not_trivially_copyable", "has more to it than its bytes"},
    reason_in_words{kind::saves_but_cannot_load, "saves_but_cannot_load", "has no matching load"},
    reason_in_words{kind::loads_but_cannot_save, "loads_but_cannot_save", "has no matching save that is const"},
    reason_in_words{kind::not_default_constructible, "not_default_constructible", "a worker makes it, then loads"},
    reason_in_words{kind::unregistered_polymorphic, "unregistered_polymorphic", "cereal does not know its classes"},
    reason_in_words{kind::union_type, "union_type", "which member is alive cannot be told"},
    reason_in_words{kind::aggregate_that_cannot_be_opened, "aggregate_that_cannot_be_opened",
                    "reflection does not see all its members"},
    reason_in_words{kind::several_serialize_functions, "several_serialize_functions", "which one is meant nobody says"},
    reason_in_words{kind::inherited_serialize_function, "inherited_serialize_function",
                    "a base's, which leaves the rest behind"},
    reason_in_words{kind::serialize_function_for_others, "serialize_function_for_others",
                    "it takes other archives only"},
    reason_in_words{kind::owns_something, "owns_something", "has a destructor or an assignment of its own"},
    reason_in_words{kind::state_left_behind, "state_left_behind", "a worker makes it anew"},
    reason_in_words{kind::custom_deleter, "custom_deleter", "a worker makes the object with new"},
    reason_in_words{kind::constant, "constant", "nothing can be loaded into it"}};

CROSSPOOL_INLINE std::string in_words(kind why) {
  for (const auto& each : reasons_in_words)
    if (each.why == why)
      return std::string(each.name) + ": " + std::string(each.words);
  return {};
}

CROSSPOOL_INLINE std::string amount_of(std::size_t count, std::string_view what) {
  return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "" : "s");
}

CROSSPOOL_INLINE void tracer::refuse(std::size_t at, std::string why) {
  lines_[at].how = "CANNOT CROSS: " + std::move(why);
  lines_[at].crosses = false;
}

CROSSPOOL_INLINE std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

CROSSPOOL_INLINE void tracer::refuse_as_it_throws(std::size_t at) {
  try {
    throw;
  } catch (const std::exception& e) {
    refuse(at, "its cereal function throws: " + first_line(e.what()));
  } catch (...) {
    refuse(at, "its cereal function throws");
  }
}

CROSSPOOL_INLINE void tracer::refuse_as_not_encoded(std::size_t at) {
  try {
    throw;
  } catch (const std::exception& e) {
    const auto why = first_line(e.what()); // it is cereal that knows, and that says it in words only
    refuse(at, (why.find("unregistered polymorphic") == std::string::npos ? "" : "unregistered_polymorphic: ") + why);
  } catch (...) {
    refuse(at, "its cereal function throws");
  }
}

CROSSPOOL_INLINE void tracer::look_at_parts(std::size_t at) {
  const auto fails = [](const traced::line& line) { return !line.crosses; };
  if (std::any_of(lines_.begin() + static_cast<std::ptrdiff_t>(at) + 1, lines_.end(), fails)) {
    lines_[at].crosses = false;
    lines_[at].how += ", but for a part";
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
