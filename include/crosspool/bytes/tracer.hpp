// How trace() finds what would cross: by going down into a value, or into a type where there is no value, a line for
// each part.
#ifndef CROSSPOOL_BYTES_TRACER_HPP
#define CROSSPOOL_BYTES_TRACER_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/check/member_name.hpp>
#include <crosspool/os/demangle.hpp>
#include <crosspool/traced.hpp>
#include <crosspool/transient.hpp>

#include <cstddef>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// The name of a type as one would write it, from the compiler's spelling.
std::string readable(std::string_view spelled);

// A reason, and in short what it means.
std::string in_words(kind why);

// "1 element", "2 elements".
std::string amount_of(std::size_t count, std::string_view what);

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

  void refuse(std::size_t at, std::string why);
  // Where cereal functions have thrown, in a handler: as what the value's own did, as what is known of its bytes.
  void refuse_as_it_throws(std::size_t at);
  void refuse_as_not_encoded(std::size_t at);
  // Whether what is part of the line at crosses: it is said there as well.
  void look_at_parts(std::size_t at);

  template <class T, kind why> static std::string in_words() {
    if constexpr (why == kind::missing_cereal_header)
      return detail::in_words(why) + " #include <" + std::string(cereal_header(std_name(type_name<T>()))) + '>';
    else
      return detail::in_words(why);
  }

  template <class T> static std::string how_sent([[maybe_unused]] const T* value) {
    if constexpr (is_string<T>)
      return value == nullptr ? "characters" : amount_of(value->size(), "character");
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
      } catch (...) {
        refuse_as_it_throws(at);
      }
  }

  template <class Parent, class Step> static std::string name_of(std::type_identity<Step>) {
    return std::is_same_v<Step, pointee> ? "*" : std::string(name_of_step<Step>);
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
        return amount_of(count, "element") + " in one block";
      else
        return amount_of(count, "element") + (count > most_elements ? ", the first of which are shown" : "");
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

  // The bytes of what crosses.
  template <class T> void measure(std::size_t at, const T* value) {
    look_at_parts(at);
    if constexpr (examined<T>.crosses || is_constructed_by_cereal<T>)
      if (value != nullptr && lines_[at].crosses)
        try {
          bytes sent;
          detail::encode(sent, *value);
          lines_[at].bytes = sent.size();
        } catch (...) {
          refuse_as_not_encoded(at);
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

} // namespace CROSSPOOL_NAMESPACE::detail

CEREAL_REGISTER_ARCHIVE(crosspool::detail::tracing_archive)

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/bytes/tracer.ipp>
#endif

#endif
