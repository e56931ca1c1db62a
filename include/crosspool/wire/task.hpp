// A call's items on their way to worker processes: packed here by the program, run in the worker by a function that
// travels by identity, unpacked here again. Items of plain values lie in a row; each other item is framed by its size,
// so that an item that cannot be read costs that item only. Where a function takes a view (std::span<const T>,
// std::string_view) of what the range holds (std::vector<T>, std::string), it reads the message in place.
#ifndef CROSSPOOL_WIRE_TASK_HPP
#define CROSSPOOL_WIRE_TASK_HPP

#include <crosspool/bytes/exceptions.hpp>
#include <crosspool/bytes/functions.hpp>
#include <crosspool/calls/call.hpp>
#include <crosspool/check/callable.hpp>
#include <crosspool/check/parameters.hpp>
#include <crosspool/wire/arena.hpp>
#include <crosspool/wire/parcel.hpp>
#include <crosspool/wire/replies.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- reading in place ----

/// A view of bytes that are part of a message.
template <class View> struct in_place {
  using type = View;
};

template <class T> struct view_of {
  using type = void;
};
template <block T, class A>
  requires is_run_of_blocks<std::vector<T, A>> && (alignof(T) <= message_alignment)
struct view_of<std::vector<T, A>> {
  using type = std::span<const T>;
};
template <class C, class Traits, class A> struct view_of<std::basic_string<C, Traits, A>> {
  using type = std::basic_string_view<C, Traits>;
};

// What a worker reads for an argument of type T, where the function's parameter is P.
template <class T, class P>
using read_as = std::conditional_t<std::is_same_v<typename view_of<T>::type, std::remove_cvref_t<P>>,
                                   in_place<typename view_of<T>::type>, T>;
template <class Parameters, class... T> struct find_read_types {
  using type = types<T...>;
};
template <class... P, class... T>
  requires(sizeof...(P) == sizeof...(T))
struct find_read_types<types<P...>, T...> {
  using type = types<read_as<T, P>...>;
};
template <class F, class... T>
using read_types = typename find_read_types<typename parameters_of<F>::type, T...>::type;

template <class T> struct argument_reader {
  using type = T;
  static T read(byte_view& from) { return decode<T>(from); }
  static void read_into(byte_view& from, T& argument) { detail::decode_into(from, argument); }
};
template <class View> struct argument_reader<in_place<View>> {
  using type = View;
  static View read(byte_view& from) {
    input_archive archive(from);
    const auto run = detail::take_run<typename View::value_type>(archive);
    from = from.subspan(archive.position());
    return View(run.data(), run.size());
  }
  static void read_into(byte_view& from, View& argument) { argument = read(from); }
};

// Braces evaluate their elements in order. Large arguments are read where they stay, which is not the stack.
template <class... T> auto read_arguments([[maybe_unused]] byte_view& from, types<T...>) {
  using arguments = std::tuple<typename argument_reader<T>::type...>;
  if constexpr ((is_large<T> || ...) && std::is_default_constructible_v<arguments> && !(made_whole<T> || ...)) {
    auto made = std::make_unique<arguments>();
    std::apply([&](auto&... each) { (argument_reader<T>::read_into(from, each), ...); }, *made);
    return made;
  } else
    return arguments{argument_reader<T>::read(from)...};
}

/// The worker's side of a call: runs the items of the queue's slot. request: behind the entry's name.
using task_entry = void (*)(byte_view request, worker_queue& queue, reply_writer& replies);

/// Its name, at the front of a request: the same in each of a task, and the worker remembers the last.
void write_entry(message_buffer& to, task_entry entry);

/// A call of F on items of types T…, with results of type R (std::monostate for void), to worker processes.
template <class R, class F, class... T> class remote_task {
  // Items of plain values need no frames.
  static constexpr bool in_a_row = (has_fixed_size<T> && ...);
  static constexpr std::size_t stride = (std::size_t{0} + ... + (has_fixed_size<T> ? sizeof(T) : 0));

public:
  class parcel_type final : public remote_parcel, public result_source<R> {
  public:
    using remote_parcel::remote_parcel;

    /// Throws what the items' own save functions throw; the parcel is as before then.
    void add(const T&... items) {
      auto& request = request_to_fill();
      if constexpr (in_a_row) {
        [[maybe_unused]] auto* at = request.extend(stride);
        ((detail::put_fixed(at, items), at += sizeof(T)), ...);
      } else {
        const auto start = request.size();
        try {
          request.extend(sizeof(std::uint64_t));
          (detail::encode(request, items), ...);
        } catch (...) {
          request.shrink_to(start);
          throw;
        }
        const std::uint64_t size = request.size() - (start + sizeof size);
        std::memcpy(request.data() + start, &size, sizeof size);
      }
      added();
    }
    /// Items that are sent as their bytes and lie in a row.
    template <class Item>
      requires(sizeof...(T) == 1 && (std::is_same_v<Item, T> && ...) && block<Item> && in_a_row)
    void add_run(const Item* items, std::size_t count) {
      request_to_fill().write(items, count * sizeof(Item));
      added(count);
    }
    [[nodiscard]] bool arrived() const noexcept override { return is_home(); }

    void unpack(results<R>& to) override {
      decoder made(to);
      take_records(made);
    }
  };

  explicit remote_task(const F& f) {
    vector_buffer head(head_);
    write_entry(head, run);
    function_codec<F>::save(head, f);
    if constexpr (!in_a_row)
      head.align(message_alignment);
    kept_ = head.kept();
  }

  /// chunksize: items that a worker is to claim together; 0: as it likes.
  std::shared_ptr<parcel_type> start_parcel(std::shared_ptr<completion> home, std::string_view verb, std::size_t first,
                                            const std::shared_ptr<arena>& memory, std::size_t expected,
                                            std::size_t chunksize) const {
    constexpr std::size_t most = ~std::uint32_t{0};
    if (home->limits().timeout.count() != 0 || home->limits().fail_fast)
      chunksize = 1; // or nobody knew since when an item runs, or those claimed with one that fails were run
    auto made = std::make_shared<parcel_type>(std::move(home), verb, first, memory, head_, expected + head_.size(),
                                              static_cast<std::uint32_t>(chunksize < most ? chunksize : most));
    for (const auto& each : kept_)
      made->keep(each);
    return made;
  }

private:
  // What the records of results are, as values.
  class decoder final : public record_decoder {
  public:
    explicit decoder(results<R>& to) : to_(to) {}
    [[nodiscard]] bool settled() const noexcept override { return to_.settled(); }
    void failed(std::exception_ptr error) override { to_.fail(std::move(error)); }
    void item(byte_view from) override {
      if constexpr (is_large<R> && !made_whole<R>) {
        const auto made = std::make_unique<R>();
        detail::decode_into(from, *made);
        to_.add(std::move(*made));
      } else
        to_.add(decode<R>(from));
    }
    void values([[maybe_unused]] byte_view from, [[maybe_unused]] std::uint32_t count) override {
      if constexpr (!has_fixed_size<R>)
        refuse();
      else if (from.size() < count * fixed_size<R>)
        refuse();
      else if constexpr (block<R> && alignof(R) <= message_alignment && std::is_copy_constructible_v<R>) {
        const auto* const first = reinterpret_cast<const R*>(from.data());
        to_.add(first, first + count);
      } else
        for (std::size_t i = 0; i < count; ++i)
          to_.add(detail::take_fixed<R>(from.data() + i * fixed_size<R>));
    }

  private:
    results<R>& to_;
  };

  static void run(byte_view request, worker_queue& queue, reply_writer& replies) {
    auto f = function_codec<F>::load(request);
    const auto origin = queue.origin();
    const item_scope here(origin.seed);
    if constexpr (in_a_row)
      for (item_range items; !(items = queue.claim()).empty();) {
        if (request.size() < items.end * stride)
          throw error("crosspool: a request is shorter than it should be");
        run_all(f, replies, origin.index + items.begin, items.size(),
                [at = request.data() + items.begin * stride](std::size_t i) { return read_in_a_row(at + i * stride); });
      }
    else {
      request = request.subspan(padding(request.data(), message_alignment));
      std::uint32_t next = 0;
      for (item_range items; !(items = queue.claim()).empty();)
        for (; next != items.end; ++next) {
          input_archive reader(request);
          std::uint64_t size = 0;
          reader.read(&size, sizeof size);
          auto item = reader.skip(size);
          request = request.subspan(reader.position());
          if (next < items.begin)
            continue;
          run_all(f, replies, origin.index + next, 1,
                  [&](std::size_t) { return detail::read_arguments(item, read_types<F, T...>{}); });
        }
    }
  }

  // Braces evaluate their elements in order.
  static std::tuple<T...> read_in_a_row([[maybe_unused]] const std::byte* at) {
    [[maybe_unused]] const auto next = [&](std::size_t size) { return std::exchange(at, at + size); };
    return std::tuple<T...>{detail::take_fixed<T>(next(sizeof(T)))...};
  }

  // A member function could be virtual: of that, GCC warns where T is smaller than a pointer to a table.
  template <class Arguments> static Arguments& arguments_in(std::unique_ptr<Arguments>& made) { return *made; }
  template <class Arguments> static Arguments& arguments_in(Arguments& made) {
    if constexpr ((std::is_scalar_v<T> && ...))
      return made;
    else
      return *std::launder(std::addressof(made));
  }

  // Runs f on what read(i) returns, for count items from index first of the call. What throws costs its item only.
  // What is captured by value can stay in registers: where a result is written, the compiler must take it that anything
  // in memory has changed.
  template <class Read>
  static void run_all(F& f, reply_writer& replies, std::uint64_t first, std::size_t count, Read read) {
    const auto call = [&f, read](std::size_t i, auto use) -> decltype(auto) {
      auto made = read(i);
      return detail::use_result(use, f, arguments_in(made));
    };
    if constexpr (std::is_same_v<R, std::monostate>)
      replies.add_values<R>(
          count,
          [&f, read](std::size_t i) {
            auto made = read(i);
            std::apply(f, std::move(arguments_in(made)));
            return R{};
          },
          first);
    else if constexpr (has_fixed_size<R>)
      replies.add_values<R>(
          count, [call](std::size_t i) { return call(i, [](const R& result) -> R { return result; }); }, first);
    else
      for (std::size_t i = 0; i != count; ++i) {
        at_hand.set(first + i);
        replies.add_encoded([&](message_buffer& to) { call(i, [&](const R& result) { detail::encode(to, result); }); });
      }
  }

  bytes head_;                                    // which function, with its state; at the front of each parcel
  std::vector<std::shared_ptr<const void>> kept_; // what that refers to
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/task.ipp>
#endif

#endif
