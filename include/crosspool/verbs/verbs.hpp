// The verbs, for a pool and for a pool with options: each checks what it is given, makes a call and hands its items to
// the engine.
#ifndef CROSSPOOL_VERBS_VERBS_HPP
#define CROSSPOOL_VERBS_VERBS_HPP

#include <crosspool/calls/call.hpp>
#include <crosspool/future.hpp>
#include <crosspool/futures/dropped_errors.hpp>
#include <crosspool/futures/then.hpp>
#include <crosspool/mappable.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/stream.hpp>
#include <crosspool/verbs/call_check.hpp>
#include <crosspool/verbs/call_maker.hpp>
#include <crosspool/verbs/copyable.hpp>
#include <crosspool/verbs/elements.hpp>
#include <crosspool/verbs/map_reduce.hpp>
#include <crosspool/verbs/misfit.hpp>

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <ranges>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// The verbs, for a pool and for a pool with options. Self has engine(), call_options_of() and says its policy.
template <class Self, policy P> class verbs {
  friend Self;
  verbs() = default;

  // What a verb returns for F called with T.... The verbs say it, so that the compiler need not instantiate them to
  // learn it: errors of what they instantiate in turn then name the line of the call.
  template <class R, class As> using value_of =
      std::conditional_t<std::is_same_v<R, refused>, refused, collected<R, As>>;
  template <class As, class F, class... T> using collected_from = value_of<result_or_refused<P, F, T...>, As>;
  template <class F, class... Ranges>
  using results_from = collected_from<as_vector, F, element<P, Ranges, true>...>;
  template <class F, class... Ranges>
  using outcomes_from = collected_from<as_outcomes, F, element<P, Ranges, true>...>;
  template <class F, class... Ranges>
  using future_results_from = future<collected_from<as_vector, F, element<P, Ranges, false>...>>;
  template <class F, class... Args>
  using result_from = collected_from<as_single, F, kept_argument<P, Args, true>...>;
  template <class F, class... Args>
  using future_result_from = future<collected_from<as_single, F, kept_argument<P, Args, false>...>>;
  template <class F, class... T> static auto result_of_row(types<T...>)
      -> std::type_identity<result_or_refused<P, F, T...>>;
  template <class F, class... Ranges>
  using stream_of = stream<result_or_refused<P, F, element<P, Ranges, false>...>>;
  template <class F, class Row> using row_result = typename decltype(result_of_row<F>(Row{}))::type;
  template <class F, class... T> static auto classes_of_row(types<T...>) -> classes_of_call<P, map_argument, F, T...>;

  // call(f), of the elements of a Range: an overload with a braced list, which no template parameter stands for, says
  // itself why there is no call.
  template <bool Waits, class F, class Range, class Call> static auto if_callable(Call call,
                                                                                  std::remove_reference_t<F>& f) {
    using E = element<P, Range, Waits>;
    if constexpr (called_in_worker<P, F, E>)
      return call(f);
    else {
      static_cast<void>(sizeof(cannot_be_called_in_a_worker<F, why_not_called<P, F, E>>));
      return refused();
    }
  }

  template <class F, class... T> static consteval bool mappable_row(types<T...>) { return mappable<P, F, T...>; }
  template <class F, class... T> static auto fault_of_row(types<T...>) -> fault_of_call<P, map_argument, F, T...>;

  // For one call.
  call_maker<P> calls() {
    auto& self = static_cast<Self&>(*this);
    return {self.engine(), self.options_of_call()};
  }

public:
  /// f(x) for each x of the range, or f(x, y…) for the elements of several, to the end of the shortest.
  /// Returns std::vector of the results in the order of the ranges, or void. Waits until all items have ended; throws
  /// the error of the lowest item that failed, pool_closed after close(), and what a range throws.
  /// Thread-safe: several threads may use one pool. With processes, f is called with values of its own; with threads,
  /// with what the ranges' iterators refer to (as rvalues, if the range is an rvalue container).
  template <class F, class... Ranges, class = void>
    requires some_ranges<Ranges...>
  auto map(F&& f, Ranges&&... ranges) -> results_from<F, Ranges...> {
    if constexpr (mappable<P, F, element<P, Ranges, true>...>) {
      static_assert(
          decltype(detail::inspect(classes_of_call<P, map_argument, F, element<P, Ranges, true>...>{}))::value);
      return calls().template run_map<as_vector, result_of<P, F, element<P, Ranges, true>...>>(
          called_verb{"map"}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    } else {
      static_cast<void>(sizeof(fault_of_call<P, map_argument, F, element<P, Ranges, true>...>));
      return no_value<results_from<F, Ranges...>>();
    }
  }
  template <class F, class T>
  auto map(F&& f, std::initializer_list<T> items) -> results_from<F, braced<T>> {
    return if_callable<true, F, braced<T>>(
        [&](auto& g) { return map(std::forward<F>(g), braced<T>(items.begin(), items.end())); }, f);
  }
  template <class F, class... Ranges,
            class the_function_cannot_be_called = typename uncallable_over<P, true, F, Ranges...>::type>
    requires some_ranges<Ranges...> && has_reason<the_function_cannot_be_called>
  results_from<F, Ranges...> map(F&&, Ranges&&...) = delete; // a parameter may be T, const T& or T&&
  template <class... Ranges>
    requires some_ranges<Ranges...>
  auto map(overload_over<Ranges...> f, Ranges&&... ranges) {
    return f.given_to([&](auto one) { return map(one, std::forward<Ranges>(ranges)...); });
  }

  /// As map, but returns each item's outcome, a value or an error, and throws no item's error: one bad item costs one
  /// item. The outcomes of a void function are outcome<std::monostate>.
  template <class F, class... Ranges, class = void>
    requires some_ranges<Ranges...>
  auto try_map(F&& f, Ranges&&... ranges) -> outcomes_from<F, Ranges...> {
    if constexpr (mappable<P, F, element<P, Ranges, true>...>) {
      static_assert(
          decltype(detail::inspect(classes_of_call<P, map_argument, F, element<P, Ranges, true>...>{}))::value);
      return calls().template run_map<as_outcomes, result_of<P, F, element<P, Ranges, true>...>>(
          called_verb{.name = "try_map", .each_apart = true}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    } else {
      static_cast<void>(sizeof(fault_of_call<P, map_argument, F, element<P, Ranges, true>...>));
      return no_value<outcomes_from<F, Ranges...>>();
    }
  }
  template <class F, class T>
  auto try_map(F&& f, std::initializer_list<T> items) -> outcomes_from<F, braced<T>> {
    return if_callable<true, F, braced<T>>(
        [&](auto& g) { return try_map(std::forward<F>(g), braced<T>(items.begin(), items.end())); }, f);
  }
  template <class F, class... Ranges,
            class the_function_cannot_be_called = typename uncallable_over<P, true, F, Ranges...>::type>
    requires some_ranges<Ranges...> && has_reason<the_function_cannot_be_called>
  outcomes_from<F, Ranges...> try_map(F&&, Ranges&&...) = delete; // a parameter may be T, const T& or T&&
  template <class... Ranges>
    requires some_ranges<Ranges...>
  auto try_map(overload_over<Ranges...> f, Ranges&&... ranges) {
    return f.given_to([&](auto one) { return try_map(one, std::forward<Ranges>(ranges)...); });
  }

  /// f applied to the elements of each tuple (or pair, or array) of the range; otherwise as map.
  template <class F, class Range, class = void>
    requires range_of_tuples<Range>
  auto starmap(F&& f, Range&& tuples) -> value_of<row_result<F, row<P, Range, true>>, as_vector> {
    constexpr row<P, Range, true> arguments;
    using R = row_result<F, row<P, Range, true>>;
    if constexpr (mappable_row<F>(arguments)) {
      static_assert(decltype(detail::inspect(classes_of_row<F>(arguments)))::value);
      return calls().template run_starmap<R>(std::forward<F>(f), std::forward<Range>(tuples));
    } else {
      static_cast<void>(sizeof(decltype(fault_of_row<F>(arguments))));
      return no_value<value_of<R, as_vector>>();
    }
  }
  template <class F, class Range,
            class the_function_cannot_be_called = typename uncallable_over_rows<P, F, Range>::type>
    requires range_of_tuples<Range> && has_reason<the_function_cannot_be_called>
  value_of<row_result<F, row<P, Range, true>>, as_vector>
  starmap(F&&, Range&&) = delete; // a parameter may be T, const T& or T&&

  /// f(args…) in a worker; returns its result or throws its error. A string literal travels as std::string.
  template <class F, class... Args, class = void>
  auto apply(F&& f, Args&&... args) -> result_from<F, Args...> {
    if constexpr (mappable<P, F, kept_argument<P, Args, true>...>) {
      static_assert(
          decltype(detail::inspect(classes_of_call<P, apply_argument, F, kept_argument<P, Args, true>...>{}))::value);
      return calls().template run_apply<result_of<P, F, kept_argument<P, Args, true>...>>(std::forward<F>(f),
                                                                                          std::forward<Args>(args)...);
    } else {
      static_cast<void>(sizeof(fault_of_call<P, apply_argument, F, kept_argument<P, Args, true>...>));
      return no_value<result_from<F, Args...>>();
    }
  }
  template <class F, class... Args,
            class the_function_cannot_be_called = typename uncallable<P, F, kept_argument<P, Args, true>...>::type>
    requires has_reason<the_function_cannot_be_called>
  result_from<F, Args...> apply(F&&, Args&&...) = delete; // a parameter may be T, const T& or T&&
  template <class First, class... Args>
  auto apply(overload_that_returns_what_it_takes<carried_t<First>, carried_t<Args>...> f, First&& first,
             Args&&... args) {
    return f.given_to([&](auto one) { return apply(one, std::forward<First>(first), std::forward<Args>(args)...); });
  }

  /// reduce(…reduce(reduce(init, f(x0)), f(x1))…), for a reduce that is associative: each worker maps and combines a
  /// chunk of the range at a time, and the one value that a chunk becomes comes back and is combined here, in the order
  /// of the range; with {.ordered = false}, for a reduce that is commutative too, as they come. init is used once, and
  /// is the result for an empty range. What f returns is converted to T, as by std::transform_reduce.
  /// A chunk has call_options.chunksize items, or so many that each worker has some 16 chunks; of a range of unknown
  /// length, 1 to 1024. With a timeout or retries, which are for one item, it has one. Otherwise the item() of
  /// worker_died is the first of the chunk: which of them the worker was at, nobody has noted. Threads read the
  /// elements where they are; of consecutive numbers (std::views::iota) two are sent a chunk. The first error, of f, of
  /// reduce or of a worker, ends the call. Otherwise as map.
  template <class F, class Range, class Reduce, class T, class = void>
    requires some_ranges<Range>
  T map_reduce(F&& f, Range&& xs, Reduce&& reduce, T init) {
    if constexpr (P::function != crossing::shared && !(can_keep_function<F> && can_keep_function<Reduce>)) {
      static_cast<void>(sizeof(cannot_be_copied_for_later<F, Reduce>));
      return no_value<T>();
    } else if constexpr (map_reducible<P, T, F, Reduce, element<P, Range, true>>) {
      using cut = cut_for<Range, element<P, Range, true>>;
      using there = std::decay_t<decltype(for_worker<P, true, element<P, Range, true>>(std::forward<F>(f)))>;
      using of_chunk = fold<cut, T, there, std::decay_t<Reduce>>;
      static_assert(decltype(detail::inspect(
          classes_of_call<P, map_argument, of_chunk, typename cut::type, std::uint64_t>{}))::value);
      return calls().template run_map_reduce<T>(std::forward<F>(f), std::forward<Range>(xs),
                                                std::forward<Reduce>(reduce), std::move(init));
    } else {
      static_cast<void>(sizeof(reduce_fault<P, T, F, Reduce, element<P, Range, true>>));
      return no_value<T>();
    }
  }
  template <class F, class Range, class Reduce, class T,
            class the_function_cannot_be_called = typename uncallable_over<P, true, F, Range>::type>
    requires some_ranges<Range> && has_reason<the_function_cannot_be_called>
  T map_reduce(F&&, Range&&, Reduce&&, T) = delete; // a parameter may be T, const T& or T&&
  template <class Range, class Reduce, class T>
    requires some_ranges<Range>
  T map_reduce(overload_over<Range> f, Range&& xs, Reduce&& reduce, T init) {
    return f.given_to([&](auto one) {
      return map_reduce(one, std::forward<Range>(xs), std::forward<Reduce>(reduce), std::move(init));
    });
  }
  template <class F, class X, class Reduce, class T>
  T map_reduce(F&& f, std::initializer_list<X> items, Reduce&& reduce, T init) {
    return if_callable<true, F, braced<X>>(
        [&](auto& g) {
          return map_reduce(std::forward<F>(g), braced<X>(items.begin(), items.end()), std::forward<Reduce>(reduce),
                            std::move(init));
        },
        f);
  }

  /// As map, but returns at once, with a future of the vector (or of void). The ranges have been read by then; with
  /// threads, their elements are copied, or moved out of an rvalue container.
  template <class F, class... Ranges, class = void>
    requires some_ranges<Ranges...>
  auto map_async(F&& f, Ranges&&... ranges) -> future_results_from<F, Ranges...> {
    using returned = future_results_from<F, Ranges...>;
    if constexpr (P::arguments == crossing::shared && !(can_keep_function<F> && ... && can_keep<Ranges>)) {
      static_cast<void>(sizeof(cannot_be_copied_for_later<F, std::ranges::range_value_t<Ranges>...>));
      return returned();
    } else if constexpr (mappable<P, F, element<P, Ranges, false>...>) {
      static_assert(
          decltype(detail::inspect(classes_of_call<P, map_argument, F, element<P, Ranges, false>...>{}))::value);
      return future_of<as_vector>(calls().template make_map<false>(
          std::forward<F>(f), called_verb{.name = "map_async", .waits = false}, std::forward<Ranges>(ranges)...));
    } else {
      static_cast<void>(sizeof(fault_of_call<P, map_argument, F, element<P, Ranges, false>...>));
      return returned();
    }
  }
  template <class F, class... Ranges,
            class the_function_cannot_be_called = typename uncallable_over<P, false, F, Ranges...>::type>
    requires some_ranges<Ranges...> && has_reason<the_function_cannot_be_called>
  future_results_from<F, Ranges...> map_async(F&&, Ranges&&...) = delete; // a parameter may be T, const T& or T&&
  template <class... Ranges>
    requires some_ranges<Ranges...>
  auto map_async(overload_over<Ranges...> f, Ranges&&... ranges) {
    return f.given_to([&](auto one) { return map_async(one, std::forward<Ranges>(ranges)...); });
  }

  /// As apply, but returns at once, with a future. With threads, the arguments are copied or moved, as by std::async;
  /// std::ref passes a reference.
  template <class F, class... Args, class = void>
  auto apply_async(F&& f, Args&&... args) -> future_result_from<F, Args...> {
    using returned = future_result_from<F, Args...>;
    if constexpr (P::arguments == crossing::shared &&
                  !(can_keep_function<F> && ... && std::constructible_from<std::decay_t<Args>, Args>)) {
      static_cast<void>(sizeof(cannot_be_copied_for_later<F, Args...>));
      return returned();
    } else if constexpr (mappable<P, F, kept_argument<P, Args, false>...>) {
      static_assert(
          decltype(detail::inspect(classes_of_call<P, apply_argument, F, kept_argument<P, Args, false>...>{}))::value);
      return future_of<as_single>(calls().template make_apply<false>(
          std::forward<F>(f), called_verb{.name = "apply_async", .waits = false}, std::forward<Args>(args)...));
    } else {
      static_cast<void>(sizeof(fault_of_call<P, apply_argument, F, kept_argument<P, Args, false>...>));
      return returned();
    }
  }
  template <class F, class... Args,
            class the_function_cannot_be_called = typename uncallable<P, F, kept_argument<P, Args, false>...>::type>
    requires has_reason<the_function_cannot_be_called>
  future_result_from<F, Args...> apply_async(F&&, Args&&...) = delete; // a parameter may be T, const T& or T&&
  template <class First, class... Args>
  auto apply_async(overload_that_returns_what_it_takes<carried_t<First>, carried_t<Args>...> f, First&& first,
                   Args&&... args) {
    return f.given_to(
        [&](auto one) { return apply_async(one, std::forward<First>(first), std::forward<Args>(args)...); });
  }

  /// f of each item as map, but lazily: returns a stream, an input range that pulls the ranges while it is iterated
  /// over, in the thread that does, as far ahead as keeps the workers busy and call_options.max_in_flight and
  /// max_bytes_in_flight allow. So they may be endless. The results come in the order of the ranges; how errors come,
  /// and what ends a stream, says crosspool::stream. Of a void function they are std::monostate.
  /// An lvalue range (but for a view) is referred to, and must outlive the stream; an rvalue is kept in it. With
  /// threads, elements are copied, or moved out of an rvalue container. Throws pool_closed after close().
  template <class F, class... Ranges, class = void>
    requires some_ranges<Ranges...>
  auto imap(F&& f, Ranges&&... ranges) -> stream_of<F, Ranges...> {
    return stream_if_mappable("imap", order::of_items, std::forward<F>(f), std::forward<Ranges>(ranges)...);
  }
  template <class F, class T> auto imap(F&& f, std::initializer_list<T> items) -> stream_of<F, std::vector<T>> {
    return if_callable<false, F, std::vector<T>>(
        [&](auto& g) { return imap(std::forward<F>(g), std::vector<T>(items)); }, f);
  }
  template <class F, class T,
            class the_function_cannot_be_called = typename uncallable_over<P, false, F, std::vector<T>>::type>
    requires has_reason<the_function_cannot_be_called>
  stream_of<F, std::vector<T>> imap(F&&, std::initializer_list<T>) = delete; // a parameter may be T, const T& or T&&
  template <class F, class... Ranges,
            class the_function_cannot_be_called = typename uncallable_over<P, false, F, Ranges...>::type>
    requires some_ranges<Ranges...> && has_reason<the_function_cannot_be_called>
  stream_of<F, Ranges...> imap(F&&, Ranges&&...) = delete; // a parameter may be T, const T& or T&&
  template <class... Ranges>
    requires some_ranges<Ranges...>
  auto imap(overload_over<Ranges...> f, Ranges&&... ranges) {
    return f.given_to([&](auto one) { return imap(one, std::forward<Ranges>(ranges)...); });
  }

  /// As imap, but the results come as they are ready, in any order.
  template <class F, class... Ranges, class = void>
    requires some_ranges<Ranges...>
  auto imap_unordered(F&& f, Ranges&&... ranges) -> stream_of<F, Ranges...> {
    return stream_if_mappable("imap_unordered", order::of_arrival, std::forward<F>(f), std::forward<Ranges>(ranges)...);
  }
  template <class F, class T>
  auto imap_unordered(F&& f, std::initializer_list<T> items) -> stream_of<F, std::vector<T>> {
    return if_callable<false, F, std::vector<T>>(
        [&](auto& g) { return imap_unordered(std::forward<F>(g), std::vector<T>(items)); }, f);
  }
  template <class F, class T,
            class the_function_cannot_be_called = typename uncallable_over<P, false, F, std::vector<T>>::type>
    requires has_reason<the_function_cannot_be_called>
  stream_of<F, std::vector<T>>
  imap_unordered(F&&, std::initializer_list<T>) = delete; // a parameter may be T, const T& or T&&
  template <class F, class... Ranges,
            class the_function_cannot_be_called = typename uncallable_over<P, false, F, Ranges...>::type>
    requires some_ranges<Ranges...> && has_reason<the_function_cannot_be_called>
  stream_of<F, Ranges...> imap_unordered(F&&, Ranges&&...) = delete; // a parameter may be T, const T& or T&&
  template <class... Ranges>
    requires some_ranges<Ranges...>
  auto imap_unordered(overload_over<Ranges...> f, Ranges&&... ranges) {
    return f.given_to([&](auto one) { return imap_unordered(one, std::forward<Ranges>(ranges)...); });
  }

private:
  template <class F, class... Ranges>
  stream_of<F, Ranges...> stream_if_mappable(std::string_view verb, order in, F&& f, Ranges&&... ranges) {
    if constexpr (P::arguments == crossing::shared && !(can_keep_function<F> && ... && can_keep<Ranges>)) {
      static_cast<void>(sizeof(cannot_be_copied_for_later<F, std::ranges::range_value_t<Ranges>...>));
      return {};
    } else if constexpr (mappable<P, F, element<P, Ranges, false>...>) {
      static_assert(
          decltype(detail::inspect(classes_of_call<P, map_argument, F, element<P, Ranges, false>...>{}))::value);
      return calls().template make_stream<result_of<P, F, element<P, Ranges, false>...>>(
          verb, in, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    } else {
      static_cast<void>(sizeof(fault_of_call<P, map_argument, F, element<P, Ranges, false>...>));
      return {};
    }
  }

  template <class As, class R> static auto future_of(std::unique_ptr<call<R>> made) {
    using value = collected<R, As>;
    return future<value>(std::make_unique<reported<pending_call<R, As>, value>>(std::move(made)));
  }
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
