// trace(value), trace<T>(): what would cross to another process, part by part, with the bytes that each takes, and
// where it stops and why. It never fails to compile: what cannot cross is a line of the answer. (The idea is
// dill.detect.trace, of Python's dill.)
#ifndef CROSSPOOL_TRACE_HPP
#define CROSSPOOL_TRACE_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/check/member_name.hpp>
#include <crosspool/check/type_name.hpp>
#include <crosspool/crossable.hpp>
#include <crosspool/os/demangle.hpp>
#include <crosspool/transient.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <exception>
#include <memory>
#include <ostream>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE {

/// What trace() found: print it, or read its lines.
class traced {
public:
  /// The value itself, or a part of it.
  struct line {
    std::size_t depth = 0;
    std::string name{}; ///< of a member; [0], [0].key, <0>, * for elements and pointees; empty for the value itself
    std::string type{};
    std::string how{};     ///< how it crosses, or why it cannot
    std::size_t bytes = 0; ///< that it takes in a message; 0 where there is no value or where it cannot cross
    bool crosses = true;   ///< with all its parts
  };

  explicit traced(std::vector<line> lines) : lines_(std::move(lines)) {}

  /// From the outside in, in the order in which they cross; the first is the value itself.
  [[nodiscard]] const std::vector<line>& lines() const noexcept { return lines_; }
  [[nodiscard]] bool crosses() const noexcept { return lines_.front().crosses; }

  /// A line each: name, type, bytes, how it crosses.
  friend std::ostream& operator<<(std::ostream& out, const traced& trace) {
    std::size_t names = 0;
    std::size_t types = 0;
    for (const auto& each : trace.lines_) {
      names = std::max(names, 2 * each.depth + each.name.size() + 2);
      types = std::max(types, std::min<std::size_t>(each.type.size(), 64) + 2);
    }
    const auto padded = [](std::string text, std::size_t width) {
      text.resize(std::max(text.size(), width), ' ');
      return text;
    };
    for (const auto& each : trace.lines_) {
      auto bytes = each.bytes == 0 ? "-" : std::to_string(each.bytes) + " B";
      bytes.insert(0, bytes.size() < 10 ? 10 - bytes.size() : 0, ' ');
      out << padded(std::string(2 * each.depth, ' ') + each.name, names) << padded(each.type, types) << bytes << "  "
          << each.how << '\n';
    }
    return out;
  }

private:
  std::vector<line> lines_;
};

namespace detail {

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

// As one would write it.
inline std::string readable(std::string_view spelled) {
  std::string name(spelled);
  const auto replace = [&](std::string_view from, std::string_view to) {
    for (auto at = name.find(from); at != std::string::npos; at = name.find(from, at + to.size()))
      name.replace(at, from.size(), to);
  };
  replace("std::__cxx11::", "std::");
  replace("std::__1::", "std::");
  replace("std::basic_string<char>", "std::string");
  replace(" >", ">");
  return name;
}

class tracer;

// Saves as output_archive does, but tells the tracer what is put into it.
class tracing_archive : public cereal::OutputArchive<tracing_archive> {
public:
  explicit tracing_archive(tracer& to) : cereal::OutputArchive<tracing_archive>(this), to_(to) {}

  template <class... T> tracing_archive& operator()(T&&... values);
  template <class T> tracing_archive& operator&(T&& value) { return (*this)(value); }
  template <class T> tracing_archive& operator<<(T&& value) { return (*this)(value); }

  template <class T> void by_cereal(const T& value) { cereal::OutputArchive<tracing_archive>::operator()(value); }

private:
  tracer& to_;
};

template <> inline constexpr bool is_own_archive<tracing_archive> = true;

// What cereal itself puts into an archive, of itself or for save_minimal.
template <class T>
  requires std::is_arithmetic_v<T> || is_wrapper<T>
void CEREAL_SAVE_FUNCTION_NAME(tracing_archive& archive, const T& value) {
  archive(value);
}
template <class C, class Traits, class A>
void CEREAL_SAVE_FUNCTION_NAME(tracing_archive& archive, const std::basic_string<C, Traits, A>& value) {
  archive(value);
}

// Finds the lines of a trace by going down into a value, or into a type where there is no value.
class tracer {
public:
  /// What is called name, of type T. value: null if there is none. Up: the types that it is a part of.
  template <class T, class... Up> void go_into(const std::string& name, const T* value,
                                               [[maybe_unused]] ancestors<Up...> up = {}) {
    const auto at = lines_.size();
    lines_.push_back({.depth = depth_++, .name = name, .type = readable(type_name<T>())});
    constexpr kind what = classify<T>();
    if constexpr (what == kind::value)
      lines_[at].how = how_sent(value);
    else if constexpr (what != kind::composed && what != kind::trusted && !is_constructed_by_cereal<T>)
      refuse(at, in_words<T, what>());
    else if constexpr (is_transient<T>)
      lines_[at].how = "stays behind";
    else if (depth_ > deepest || at > most_lines || (value == nullptr && (std::is_same_v<T, Up> || ...)))
      lines_[at].how = "and so on";
    else if constexpr (what != kind::composed)
      run_save(at, value);
    else {
      // Types that contain themselves are finitely many.
      constexpr std::conditional_t<(std::is_same_v<T, Up> || ...), ancestors<Up...>, ancestors<Up..., T>> further;
      if (value == nullptr) {
        lines_[at].how = "part by part";
        go_into_types<T>(parts<T>{}, further);
      } else
        lines_[at].how = go_into_parts(*value, further);
    }
    --depth_;
    measure(at, value);
  }

  /// The same for what a cereal function puts into the archive; number counts these.
  template <class T> void go_into_visited(std::size_t number, const T& value) {
    if constexpr (is_wrapper<T> && requires { value.name; }) // NameValuePair
      go_into(value.name, std::addressof(value.value));
    else if constexpr (is_wrapper<T> && requires { value.base_ptr; }) // base_class
      go_into("base", value.base_ptr);
    else if constexpr (is_deferred<T>)
      go_into_visited(number, value.value);
    else if constexpr (is_wrapper<T>)
      lines_.push_back({.depth = depth_,
                        .name = '#' + std::to_string(number),
                        .type = readable(type_name<T>()),
                        .how = "cereal's own"});
    else
      go_into('#' + std::to_string(number), std::addressof(value));
  }

  std::vector<traced::line> found() && { return std::move(lines_); }

private:
  static constexpr std::size_t deepest = 64; // of values that contain themselves
  static constexpr std::size_t most_elements = 8;
  static constexpr std::size_t most_lines = 1000;

  void refuse(std::size_t at, std::string why) {
    lines_[at].how = "CANNOT CROSS: " + std::move(why);
    lines_[at].crosses = false;
  }

  static std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

  static std::string counted(std::size_t count, std::string_view what) {
    return std::to_string(count) + ' ' + std::string(what) + (count == 1 ? "" : "s");
  }

  template <class T, kind why> static std::string in_words() {
    for (const auto& each : reasons_in_words)
      if (each.why == why)
        return std::string(each.name) + ": " + std::string(each.words) +
               (why == kind::missing_cereal_header
                    ? " #include <" + std::string(cereal_header(std_name(type_name<T>()))) + '>'
                    : "");
    return {};
  }

  template <class T> static std::string how_sent([[maybe_unused]] const T* value) {
    if constexpr (is_string<T>)
      return value == nullptr ? "characters" : counted(value->size(), "character");
    else if constexpr (is_path<T>)
      return "as its native string";
    else if constexpr (std::is_empty_v<T>)
      return "as a byte, having no value";
    else
      return "as its bytes";
  }

  template <class T> void run_save(std::size_t at, const T* value) {
    lines_[at].how = "by its cereal function";
    if (value == nullptr)
      return;
    if constexpr (cereal::traits::is_output_serializable<T, tracing_archive>::value)
      try {
        tracing_archive archive(*this);
        archive.by_cereal(*value);
      } catch (const std::exception& e) {
        refuse(at, "its cereal function throws: " + first_line(e.what()));
      } catch (...) {
        refuse(at, "its cereal function throws");
      }
  }

  template <class Parent, class Step> static std::string name_of(std::type_identity<Step>) {
    if constexpr (std::is_same_v<Step, each_element>)
      return "[]";
    else if constexpr (std::is_same_v<Step, each_key>)
      return "[].key";
    else if constexpr (std::is_same_v<Step, each_mapped_value>)
      return "[].value";
    else if constexpr (std::is_same_v<Step, comparator>)
      return "comparator";
    else if constexpr (std::is_same_v<Step, hasher>)
      return "hasher";
    else if constexpr (std::is_same_v<Step, key_equal>)
      return "key_equal";
    else if constexpr (std::is_same_v<Step, allocator>)
      return "allocator";
    else if constexpr (std::is_same_v<Step, deleter>)
      return "deleter";
    else if constexpr (std::is_same_v<Step, inner_container>)
      return "inner container";
    else
      return "*";
  }
  template <class Parent, std::size_t I> static std::string name_of(std::type_identity<member_number<I>>) {
    if constexpr (openable<Parent>)
      return std::string(member_name<Parent, I>());
    else
      return '#' + std::to_string(I);
  }
  template <class Parent, std::size_t I> static std::string name_of(std::type_identity<tuple_element<I>>) {
    return '<' + std::to_string(I) + '>';
  }
  template <class Parent, std::size_t I> static std::string name_of(std::type_identity<alternative<I>>) {
    return "<alternative " + std::to_string(I) + '>';
  }

  template <class T, class Up> void go_into_type(const std::string& name, Up up) {
    if constexpr (std::is_reference_v<T>) {
      lines_.push_back({.depth = depth_, .name = name, .type = readable(type_name<T>())});
      refuse(lines_.size() - 1, in_words<T, kind::reference>());
    } else
      go_into<T>(name, nullptr, up);
  }

  // The parts of Parent, which has no value here.
  template <class Parent, class... Step, class... T, class Up>
  void go_into_types(types<part<Step, T>...>, [[maybe_unused]] Up up) {
    (go_into_part<Parent>(part<Step, std::remove_const_t<T>>{}, up), ...);
  }
  template <class Parent, class Step, class T, class Up> void go_into_part(part<Step, T>, Up up) {
    const auto name = name_of<Parent>(std::type_identity<Step>{});
    if constexpr (fault_of_made_anew<Step> == kind::value)
      go_into_type<T>(name, up);
    else {
      lines_.push_back({.depth = depth_, .name = name, .type = readable(type_name<T>())});
      refuse(lines_.size() - 1, in_words<T, fault_of_made_anew<Step>>());
    }
  }

  // The parts of value. Returns how they cross.
  template <class T, class Up> std::string go_into_parts(const T& value, Up up) {
    const auto index = [](std::size_t i) { return '[' + std::to_string(i) + ']'; };
    if constexpr (holds_references<T>) {
      go_into_types<T>(parts<T>{}, up);
      return "member by member";
    } else if constexpr (std::is_class_v<T> && !detail::by_cereal<T>) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        const auto all = detail::members(value);
        (go_into(std::string(member_name<T, I>()), std::addressof(std::get<I>(all)), up), ...);
      }(std::make_index_sequence<std::tuple_size_v<decltype(detail::members(value))>>{});
      return "member by member";
    } else if constexpr (is_variant<T>) {
      if (value.valueless_by_exception())
        return "valueless";
      std::visit(
          [&]<class A>(const A& held) { go_into("<" + std::to_string(value.index()) + '>', std::addressof(held), up); },
          value);
      return "alternative " + std::to_string(value.index());
    } else if constexpr (requires {
                           value.has_value();
                           *value;
                         }) {
      if (value.has_value())
        go_into("*", std::addressof(*value), up);
      return value.has_value() ? "a value" : "empty";
    } else if constexpr (is_weak_ptr<T>)
      return go_into_pointee(value.lock(), up);
    else if constexpr (requires {
                         typename T::element_type;
                         value.get();
                       })
      return go_into_pointee(value, up);
    else if constexpr (requires { value.begin(); } || std::is_array_v<T>) {
      std::size_t count = 0;
      for (const auto& element : value) {
        if (count++ >= most_elements)
          continue;
        if constexpr (map_like<T>) {
          go_into(index(count - 1) + ".key", std::addressof(element.first), up);
          go_into(index(count - 1) + ".value", std::addressof(element.second), up);
        } else if constexpr (!is_run_of_blocks<T>) {
          const std::ranges::range_value_t<T>& itself = element; // vector<bool> has proxies
          go_into(index(count - 1), std::addressof(itself), up);
        }
      }
      if (count == 0 && !examined<T>.crosses)
        go_into_types<T>(parts<T>{}, up);
      if constexpr (is_run_of_blocks<T>)
        return counted(count, "element") + " in one block";
      else
        return counted(count, "element") + (count > most_elements ? ", the first of which are shown" : "");
    } else if constexpr (tuple_like<T>) {
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        (go_into('<' + std::to_string(I) + '>', std::addressof(std::get<I>(value)), up), ...);
      }(std::make_index_sequence<std::tuple_size_v<T>>{});
      return "element by element";
    } else {
      if constexpr (!examined<T>.crosses)
        go_into_types<T>(parts<T>{}, up);
      return "by cereal";
    }
  }

  template <class Pointer, class Up> std::string go_into_pointee(const Pointer& pointer, Up up) {
    using pointee_type = typename Pointer::element_type;
    if (pointer == nullptr) {
      if constexpr (complete<pointee_type> && !std::is_polymorphic_v<pointee_type>)
        if constexpr (!examined<std::remove_const_t<pointee_type>>.crosses)
          go_into<std::remove_const_t<pointee_type>>("*", nullptr, up);
      return "null";
    }
    if constexpr (std::is_polymorphic_v<pointee_type>)
      return "as a " + readable(demangle(typeid(*pointer)));
    else {
      for (const void* each : shown_)
        if (each == pointer.get())
          return "what is shown above";
      shown_.push_back(pointer.get());
      go_into("*", const_cast<const pointee_type*>(pointer.get()), up);
      return "its pointee";
    }
  }

  // The bytes of what crosses, and whether what is part of the line at crosses.
  template <class T> void measure(std::size_t at, const T* value) {
    const auto fails = [](const traced::line& line) { return !line.crosses; };
    if (std::any_of(lines_.begin() + static_cast<std::ptrdiff_t>(at) + 1, lines_.end(), fails)) {
      lines_[at].crosses = false;
      lines_[at].how += ", but for a part";
    }
    if constexpr (examined<T>.crosses || is_constructed_by_cereal<T>)
      if (value != nullptr && lines_[at].crosses)
        try {
          bytes sent;
          detail::encode(sent, *value);
          lines_[at].bytes = sent.size();
        } catch (const std::exception& e) {
          const auto why = first_line(e.what()); // it is cereal that knows, and that says it in words only
          refuse(at,
                 (why.find("unregistered polymorphic") == std::string::npos ? "" : "unregistered_polymorphic: ") + why);
        } catch (...) {
          refuse(at, "its cereal function throws");
        }
  }

  std::vector<traced::line> lines_;
  std::vector<const void*> shown_; // pointees
  std::size_t depth_ = 0;
};

template <class... T> tracing_archive& tracing_archive::operator()(T&&... values) {
  std::size_t number = 0;
  (to_.go_into_visited(number++, values), ...);
  return *this;
}

} // namespace detail

/// What would cross of value, as it is now. Runs its cereal functions that save.
template <class T> [[nodiscard]] traced trace(const T& value) {
  if constexpr (std::is_function_v<T>)
    return crosspool::trace(std::addressof(value));
  else {
    detail::tracer tracer;
    tracer.go_into("", std::addressof(const_cast<const std::remove_volatile_t<T>&>(value)));
    return traced(std::move(tracer).found());
  }
}

/// What would cross of a T, as an argument: as far as its type tells, so not into classes with cereal functions of
/// their own.
template <class T> [[nodiscard]] traced trace() {
  detail::tracer tracer;
  tracer.go_into<std::decay_t<T>>("", nullptr);
  return traced(std::move(tracer).found());
}

} // namespace CROSSPOOL_NAMESPACE

CEREAL_REGISTER_ARCHIVE(crosspool::detail::tracing_archive)

#endif
