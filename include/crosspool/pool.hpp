// pool<Policy>: the verbs. A verb checks the call, cuts the items into parcels, hands them to the policy's engine and
// collects what comes home. Which policy it is, it never asks: the boundary table says what to do.
#ifndef CROSSPOOL_POOL_HPP
#define CROSSPOOL_POOL_HPP

#include <crosspool/check.hpp>
#include <crosspool/continuation.hpp>
#include <crosspool/copyable.hpp>
#include <crosspool/dropped.hpp>
#include <crosspool/future.hpp>
#include <crosspool/indexed_call.hpp>
#include <crosspool/parcel_sizes.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/then.hpp>
#include <crosspool/this_worker.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <ranges>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace crosspool {

template <policy P> class pool;

namespace detail {

// ---- how an item is kept on its way ----

// An rvalue container that owns its elements: they may be moved from.
template <class Range>
concept owning_rvalue = !std::is_lvalue_reference_v<Range> && !std::ranges::view<std::remove_cvref_t<Range>> &&
                        !std::ranges::borrowed_range<Range>;

// Whether what the range's iterator refers to stays where it is until the call is over.
template <class Range>
concept steady = std::ranges::forward_range<Range> && std::is_reference_v<std::ranges::range_reference_t<Range>>;

// The type of one element of Range in a call under P: its value where it is serialized or must be kept, else a
// reference to it. Waits: the caller waits for the call.
template <class P, class Range, bool Waits> consteval auto find_element() {
  using reference = std::ranges::range_reference_t<Range>;
  if constexpr (P::arguments != crossing::shared || !Waits || !steady<Range>)
    return std::type_identity<std::ranges::range_value_t<Range>>{};
  else if constexpr (owning_rvalue<Range>)
    return std::type_identity<std::remove_reference_t<reference>&&>{};
  else
    return std::type_identity<reference>{};
}
template <class P, class Range, bool Waits>
using element = typename decltype(find_element<P, Range, Waits>())::type;

template <class Range, class Iterator> decltype(auto) dereference(Iterator& at) {
  if constexpr (owning_rvalue<Range> && std::is_lvalue_reference_v<decltype(*at)>)
    return std::move(*at);
  else
    return *at;
}

// Whether an object can be kept as a value that is given as From, an lvalue reference or not. Unlike can_keep, never an
// error.
template <class From>
concept surely_kept = std::constructible_from<std::decay_t<From>, From> &&
                      ((!std::is_lvalue_reference_v<From> && !std::is_const_v<std::remove_reference_t<From>>) ||
                       surely_copyable<std::decay_t<From>>());

// Whether elements of Range can be kept as values.
template <class Range>
concept can_keep = std::constructible_from<
    std::ranges::range_value_t<Range>, decltype(dereference<Range>(std::declval<std::ranges::iterator_t<Range>&>()))>;

template <class Range>
using given_element = decltype(dereference<Range>(std::declval<std::ranges::iterator_t<Range>&>()));

// Whether the parts of a starmap's tuple can.
template <class Row, std::size_t... I> consteval bool are_parts_kept(std::index_sequence<I...>) {
  return (surely_kept<decltype(std::get<I>(std::declval<Row>()))> && ...);
}

// Whether a function can be kept until it is called.
template <class F>
concept can_keep_function = std::constructible_from<std::decay_t<F>, F>;

// An argument of apply, likewise.
template <class P, class Arg, bool Waits>
using kept_argument = std::conditional_t<P::arguments != crossing::shared, carried_t<Arg>,
                                         std::conditional_t<Waits, Arg&&, std::decay_t<Arg>>>;

template <class P, bool Waits, class Row, class Indices> struct row_elements;
template <class P, bool Waits, class Row, std::size_t... I>
struct row_elements<P, Waits, Row, std::index_sequence<I...>> {
  template <std::size_t N> using at = decltype(std::get<N>(std::declval<Row>()));
  template <class T>
  using kept = std::conditional_t<P::arguments == crossing::shared && Waits && std::is_reference_v<Row>, T&&,
                                  std::remove_cvref_t<T>>;
  template <template <class...> class To> using apply = To<kept<at<I>>...>;
};

// The types of a starmap's arguments: the elements of one of Range's tuples.
template <class P, class Range, bool Waits>
using row = typename row_elements<
    P, Waits, element<P, Range, Waits>,
    std::make_index_sequence<std::tuple_size_v<std::ranges::range_value_t<Range>>>>::template apply<types>;

// Whether the workers of Engine read the elements of these ranges themselves while the caller waits.
template <class Engine, class... Ranges>
concept reads_in_place = requires { requires Engine::template indexes<Ranges...>; };

// Whether what Range holds is what a parcel takes in runs.
template <class Parcel, class Range>
concept taken_in_runs = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
                        requires(Parcel& parcel, Range& range) {
                          parcel.add_run(std::ranges::data(range), std::size_t{1});
                        };

// ---- parcels ----

template <class... Size> std::size_t smallest(std::size_t first, Size... others) {
  ((first = others < first ? others : first), ...);
  return first;
}

template <class... Ranges> std::size_t common_size(Ranges&... ranges) {
  if constexpr ((std::ranges::sized_range<Ranges> && ...))
    return smallest(static_cast<std::size_t>(std::ranges::size(ranges))...);
  else
    return unknown_length;
}

// Hands the items of one call to the engine, parcel by parcel.
template <class Task, class Engine, class R> class sender {
public:
  using parcel_type = typename Task::parcel_type;

  sender(Engine& engine, call<R>& call, const Task& task, std::string_view verb, std::size_t chunksize,
         std::size_t total, bool waits)
      : engine_(engine), call_(call), task_(task), verb_(verb), chunksize_(chunksize),
        sizes_(engine.parcel_sizes(chunksize, total)), waits_(waits) {
    engine_.begin_call();
  }
  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;
  ~sender() { engine_.end_call(); }

  /// Whether it is no use to add more: the pool has been terminated.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

  template <class... Items> void add(Items&&... items) {
    start();
    parcel_->add(std::forward<Items>(items)...);
    if (full())
      send();
  }
  /// Items in a row, of which each takes sizeof(T) bytes: as many at a time as the parcel has room for.
  template <class T> void add_run(const T* items, std::size_t count) {
    while (count != 0 && !stopped_) {
      start();
      const auto n = smallest(count, room(sizeof(T)));
      parcel_->add_run(items, n);
      items += n;
      count -= n;
      if (full())
        send();
    }
  }

  /// No more items: sends the rest.
  void finish() {
    if (parcel_)
      send();
    call_.home()->seal();
  }

  /// After an exception: waits for what has been sent and refers to the caller's objects.
  void give_up() {
    call_.home()->abandon();
    call_.home()->seal();
    call_.home()->wait();
  }

private:
  void start() {
    if (parcel_)
      return;
    parcel_ = engine_.start_parcel(task_, call_.home(), verb_, sent_, chunksize_, bytes_);
    size_ = sizes_.next(*call_.home(), sent_);
  }

  // Its bytes cut a parcel short only where a chunk ends.
  [[nodiscard]] bool full() const {
    return parcel_->size() >= size_ ||
           (parcel_->bytes() >= Engine::parcel_bytes && (chunksize_ == 0 || parcel_->size() % chunksize_ == 0));
  }
  // How many more items of so many bytes make the parcel full, which it is not yet.
  [[nodiscard]] std::size_t room(std::size_t item_size) const {
    const auto used = parcel_->bytes(), left = used < Engine::parcel_bytes ? Engine::parcel_bytes - used : 1;
    const auto fit = (left + item_size - 1) / item_size;
    const auto begun = chunksize_ == 0 ? 0 : (parcel_->size() + fit) % chunksize_;
    return smallest(size_ - parcel_->size(), begun == 0 ? fit : fit + (chunksize_ - begun));
  }

  void send() {
    bytes_ = parcel_->bytes();
    sent_ += parcel_->size();
    call_.add(parcel_);
    call_.home()->add();
    stopped_ = !engine_.submit(std::exchange(parcel_, nullptr), waits_ ? &call_ : nullptr);
  }

  Engine& engine_;
  call<R>& call_;
  const Task& task_;
  std::string_view verb_;
  std::size_t chunksize_;
  decltype(std::declval<Engine&>().parcel_sizes(0, 0)) sizes_;
  bool waits_;
  std::shared_ptr<parcel_type> parcel_;
  std::size_t size_ = 0;  // at which it is sent
  std::size_t bytes_ = 0; // of the parcel before
  std::size_t sent_ = 0;
  bool stopped_ = false;
};

// What a call is to its caller.
struct called_verb {
  std::string_view name;
  bool each_apart = false; // it returns each item's outcome
  bool waits = true;       // the caller, for the call
};

// The verbs, for a pool and for a pool with options. Self has engine(), call_options_of() and says its policy.
template <class Self, policy P> class verbs {
  friend Self;
  verbs() = default;

  using engine_type = typename P::engine;

  template <class F, bool Waits>
  using held_function =
      std::conditional_t<P::function == crossing::shared && Waits && !std::is_function_v<std::remove_reference_t<F>>,
                         std::remove_reference_t<F>, std::decay_t<F>>;

  template <bool Waits, class R, class... T, class F> static auto make_task(F&& f) {
    using held = held_function<F, Waits>;
    using task = typename engine_type::template task<R, held, T...>;
    if constexpr (P::function != crossing::shared)
      return task(f);
    else if constexpr (std::is_same_v<held, std::remove_reference_t<F>> && Waits)
      return task(std::shared_ptr<held>(std::shared_ptr<void>(), std::addressof(f)));
    else
      return task(std::make_shared<held>(std::forward<F>(f)));
  }

  // Whether a call that waits is to keep values nevertheless: an item that nobody can stop may outlast it.
  bool may_be_outlasted() {
    if constexpr (P::arguments == crossing::shared)
      return self().engine().limits(self().options_of_call()).timeout.count() != 0;
    else
      return false;
  }
  [[noreturn]] static void refuse_to_keep() {
    throw std::invalid_argument(
        "crosspool: with a timeout, a thread pool keeps the function and the items as values, as an item may outlast "
        "its call. Here they cannot be kept, or cannot be seen to be copyable, or the function does not take its "
        "own: give rvalues, or const references to what can be copied, or call map_async or apply_async and get");
  }

  // Makes a call of the items that produce(sender) adds.
  template <bool Waits, class R, class... T, class F, class Produce>
  std::unique_ptr<call<R>> make_call(F&& f, const called_verb& verb, std::size_t total, Produce produce) {
    auto& engine = self().engine();
    auto made = std::make_unique<call<R>>(engine.template new_completion<Waits>(self().options_of_call()),
                                          verb.each_apart);
    const auto task = make_task<Waits, R, T...>(std::forward<F>(f));
    sender<std::remove_const_t<decltype(task)>, engine_type, R> out(
        engine, *made, task, verb.name, self().options_of_call().chunksize, total, verb.waits);
    if (total != unknown_length)
      made->expect(total);
    try {
      produce(out);
      if (out.stopped() && total != unknown_length)
        made->cut_short(total);
      out.finish();
    } catch (...) {
      out.give_up();
      throw;
    }
    return made;
  }

  template <bool Waits, class F, class... Ranges> auto make_map(F&& f, const called_verb& verb, Ranges&&... ranges) {
    using R = result_of<P, F, element<P, Ranges, Waits>...>;
    return make_call<Waits, R, element<P, Ranges, Waits>...>(std::forward<F>(f), verb, common_size(ranges...),
                                                             [&](auto& out) { add_all<Ranges...>(out, ranges...); });
  }
  template <class... Ranges, class Sender>
  static void add_all(Sender& out, std::remove_reference_t<Ranges>&... ranges) {
    if constexpr ((taken_in_runs<typename Sender::parcel_type, std::remove_reference_t<Ranges>> && ...))
      (out.add_run(std::ranges::data(ranges), static_cast<std::size_t>(std::ranges::size(ranges))), ...);
    else {
      std::tuple at(std::ranges::begin(ranges)...);
      const std::tuple end(std::ranges::end(ranges)...);
      const auto more = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (!(std::get<I>(at) == std::get<I>(end)) && ...);
      };
      for (const auto all = std::index_sequence_for<Ranges...>(); !out.stopped() && more(all);)
        std::apply([&](auto&... each) { out.add(dereference<Ranges>(each)...), (static_cast<void>(++each), ...); }, at);
    }
  }

  template <bool Waits, class R, class F, class Range, class... T>
  auto make_starmap(F&& f, const called_verb& verb, Range&& range, types<T...>) {
    return make_call<Waits, R, T...>(std::forward<F>(f), verb, common_size(range), [&](auto& out) {
      for (auto&& each : range) {
        const auto add = [&](auto&&... element) { out.add(std::forward<decltype(element)>(element)...); };
        if constexpr (owning_rvalue<Range>)
          std::apply(add, std::move(each));
        else
          std::apply(add, std::forward<decltype(each)>(each));
        if (out.stopped())
          break;
      }
    });
  }

  template <bool Waits, class F, class... Args> auto make_apply(F&& f, const called_verb& verb, Args&&... args) {
    using R = result_of<P, F, kept_argument<P, Args, Waits>...>;
    return make_call<Waits, R, kept_argument<P, Args, Waits>...>(std::forward<F>(f), verb, 1, [&](auto& out) {
      if constexpr (P::arguments == crossing::shared)
        out.add(std::forward<Args>(args)...);
      else
        out.add(as_carried(args)...);
    });
  }

  // map and try_map.
  template <class As, class R, class F, class... Ranges>
  collected<R, As> run_map(const called_verb& verb, F&& f, Ranges&&... ranges) {
    if (may_be_outlasted()) {
      if constexpr (P::arguments == crossing::shared && (surely_kept<F> && ... && surely_kept<given_element<Ranges>>))
        if constexpr (std::is_same_v<R, result_or_refused<P, F, element<P, Ranges, false>...>>)
          return As::collect(*make_map<false>(std::forward<F>(f), verb, std::forward<Ranges>(ranges)...));
      refuse_to_keep();
    }
    if constexpr (reads_in_place<engine_type, Ranges...>)
      return self().engine().template run<R, std::is_same_v<As, as_outcomes>>(
          f, self().options_of_call(), common_size(ranges...),
          arguments_of_map(types<element<P, Ranges, true>...>{}, ranges...));
    else
      return As::collect(*make_map<true>(std::forward<F>(f), verb, std::forward<Ranges>(ranges)...));
  }

  template <class R, class F, class Range> collected<R, as_vector> run_starmap(F&& f, Range&& tuples) {
    constexpr row<P, Range, true> arguments;
    constexpr row<P, Range, false> kept;
    if (may_be_outlasted()) {
      if constexpr (P::arguments == crossing::shared && surely_kept<F> &&
                    are_parts_kept<given_element<Range>>(
                        std::make_index_sequence<std::tuple_size_v<std::ranges::range_value_t<Range>>>{}))
        if constexpr (std::is_same_v<R, row_result<F, row<P, Range, false>>>)
          return as_vector::collect(
              *make_starmap<false, R>(std::forward<F>(f), called_verb{"starmap"}, std::forward<Range>(tuples), kept));
      refuse_to_keep();
    }
    if constexpr (reads_in_place<engine_type, Range>)
      return self().engine().template run<R, false>(f, self().options_of_call(), common_size(tuples),
                                                    arguments_of_starmap<element<P, Range, true>>(arguments, tuples));
    else
      return as_vector::collect(
          *make_starmap<true, R>(std::forward<F>(f), called_verb{"starmap"}, std::forward<Range>(tuples), arguments));
  }

  template <class R, class F, class... Args> collected<R, as_single> run_apply(F&& f, Args&&... args) {
    if (may_be_outlasted()) {
      if constexpr (P::arguments == crossing::shared && (surely_kept<F> && ... && surely_kept<Args>))
        if constexpr (std::is_same_v<R, result_or_refused<P, F, kept_argument<P, Args, false>...>>)
          return as_single::collect(
              *make_apply<false>(std::forward<F>(f), called_verb{"apply"}, std::forward<Args>(args)...));
      refuse_to_keep();
    }
    return as_single::collect(*make_apply<true>(std::forward<F>(f), called_verb{"apply"}, std::forward<Args>(args)...));
  }

  // What a verb returns for F called with T.... The verbs say it, so that the compiler need not instantiate them to
  // learn it: errors of what they instantiate in turn then name the line of the call.
  template <class R, class As> using value_of =
      std::conditional_t<std::is_same_v<R, refused>, refused, collected<R, As>>;
  template <class As, class F, class... T> using collected_from = value_of<result_or_refused<P, F, T...>, As>;
  template <class F, class... T> static auto result_of_row(types<T...>)
      -> std::type_identity<result_or_refused<P, F, T...>>;
  template <class F, class Row> using row_result = typename decltype(result_of_row<F>(Row{}))::type;
  template <class F, class... T> static auto classes_of_row(types<T...>) -> classes_of_call<P, map_argument, F, T...>;

  template <class F, class... T> static consteval bool mappable_row(types<T...>) { return mappable<P, F, T...>; }
  template <class F, class... T> static auto fault_of_row(types<T...>) -> fault<P, map_argument, F, T...>;

  Self& self() { return static_cast<Self&>(*this); }

public:
  /// f(x) for each x of the range, or f(x, y…) for the elements of several, to the end of the shortest.
  /// Returns std::vector of the results in the order of the ranges, or void. Waits until all items have ended; throws
  /// the error of the lowest item that failed, pool_closed after close(), and what a range throws.
  /// Thread-safe: several threads may use one pool. With processes, f is called with values of its own; with threads,
  /// with what the ranges' iterators refer to (as rvalues, if the range is an rvalue container).
  template <class F, std::ranges::input_range... Ranges>
    requires(sizeof...(Ranges) > 0)
  auto map(F&& f, Ranges&&... ranges) -> collected_from<as_vector, F, element<P, Ranges, true>...> {
    if constexpr (mappable<P, F, element<P, Ranges, true>...>) {
      static_assert(decltype(inspect(classes_of_call<P, map_argument, F, element<P, Ranges, true>...>{}))::value);
      return run_map<as_vector, result_of<P, F, element<P, Ranges, true>...>>(called_verb{"map"}, std::forward<F>(f),
                                                                              std::forward<Ranges>(ranges)...);
    } else {
      static_cast<void>(sizeof(fault<P, map_argument, F, element<P, Ranges, true>...>));
      return no_value<collected_from<as_vector, F, element<P, Ranges, true>...>>();
    }
  }
  template <class F, class T>
  auto map(F&& f, std::initializer_list<T> items)
      -> collected_from<as_vector, F, element<P, decltype(std::ranges::subrange(items.begin(), items.end())), true>> {
    return map(std::forward<F>(f), std::ranges::subrange(items.begin(), items.end()));
  }

  /// As map, but returns each item's outcome, a value or an error, and throws no item's error: one bad item costs one
  /// item. The outcomes of a void function are outcome<std::monostate>.
  template <class F, std::ranges::input_range... Ranges>
    requires(sizeof...(Ranges) > 0)
  auto try_map(F&& f, Ranges&&... ranges) -> collected_from<as_outcomes, F, element<P, Ranges, true>...> {
    if constexpr (mappable<P, F, element<P, Ranges, true>...>) {
      static_assert(decltype(inspect(classes_of_call<P, map_argument, F, element<P, Ranges, true>...>{}))::value);
      return run_map<as_outcomes, result_of<P, F, element<P, Ranges, true>...>>(
          called_verb{.name = "try_map", .each_apart = true}, std::forward<F>(f), std::forward<Ranges>(ranges)...);
    } else {
      static_cast<void>(sizeof(fault<P, map_argument, F, element<P, Ranges, true>...>));
      return no_value<collected_from<as_outcomes, F, element<P, Ranges, true>...>>();
    }
  }
  template <class F, class T>
  auto try_map(F&& f, std::initializer_list<T> items)
      -> collected_from<as_outcomes, F, element<P, decltype(std::ranges::subrange(items.begin(), items.end())), true>> {
    return try_map(std::forward<F>(f), std::ranges::subrange(items.begin(), items.end()));
  }

  /// f applied to the elements of each tuple (or pair, or array) of the range; otherwise as map.
  template <class F, std::ranges::input_range Range>
    requires tuple_like<std::ranges::range_value_t<Range>>
  auto starmap(F&& f, Range&& tuples) -> value_of<row_result<F, row<P, Range, true>>, as_vector> {
    constexpr row<P, Range, true> arguments;
    using R = row_result<F, row<P, Range, true>>;
    if constexpr (mappable_row<F>(arguments)) {
      static_assert(decltype(inspect(classes_of_row<F>(arguments)))::value);
      return run_starmap<R>(std::forward<F>(f), std::forward<Range>(tuples));
    } else {
      static_cast<void>(sizeof(decltype(fault_of_row<F>(arguments))));
      return no_value<value_of<R, as_vector>>();
    }
  }

  /// f(args…) in a worker; returns its result or throws its error. A string literal travels as std::string.
  template <class F, class... Args>
  auto apply(F&& f, Args&&... args) -> collected_from<as_single, F, kept_argument<P, Args, true>...> {
    if constexpr (mappable<P, F, kept_argument<P, Args, true>...>) {
      static_assert(decltype(inspect(classes_of_call<P, apply_argument, F, kept_argument<P, Args, true>...>{}))::value);
      return run_apply<result_of<P, F, kept_argument<P, Args, true>...>>(std::forward<F>(f),
                                                                         std::forward<Args>(args)...);
    } else {
      static_cast<void>(sizeof(fault<P, apply_argument, F, kept_argument<P, Args, true>...>));
      return no_value<collected_from<as_single, F, kept_argument<P, Args, true>...>>();
    }
  }

  /// As map, but returns at once, with a future of the vector (or of void). The ranges have been read by then; with
  /// threads, their elements are copied, or moved out of an rvalue container.
  template <class F, std::ranges::input_range... Ranges>
    requires(sizeof...(Ranges) > 0)
  auto map_async(F&& f, Ranges&&... ranges) -> future<collected_from<as_vector, F, element<P, Ranges, false>...>> {
    using returned = future<collected_from<as_vector, F, element<P, Ranges, false>...>>;
    if constexpr (P::arguments == crossing::shared && !(can_keep_function<F> && ... && can_keep<Ranges>)) {
      static_cast<void>(sizeof(cannot_be_copied_for_later<F, std::ranges::range_value_t<Ranges>...>));
      return returned();
    } else if constexpr (mappable<P, F, element<P, Ranges, false>...>) {
      static_assert(decltype(inspect(classes_of_call<P, map_argument, F, element<P, Ranges, false>...>{}))::value);
      return future_of<as_vector>(make_map<false>(std::forward<F>(f), called_verb{.name = "map_async", .waits = false},
                                                  std::forward<Ranges>(ranges)...));
    } else {
      static_cast<void>(sizeof(fault<P, map_argument, F, element<P, Ranges, false>...>));
      return returned();
    }
  }

  /// As apply, but returns at once, with a future. With threads, the arguments are copied or moved, as by std::async;
  /// std::ref passes a reference.
  template <class F, class... Args>
  auto apply_async(F&& f, Args&&... args) -> future<collected_from<as_single, F, kept_argument<P, Args, false>...>> {
    using returned = future<collected_from<as_single, F, kept_argument<P, Args, false>...>>;
    if constexpr (P::arguments == crossing::shared &&
                  !(can_keep_function<F> && ... && std::constructible_from<std::decay_t<Args>, Args>)) {
      static_cast<void>(sizeof(cannot_be_copied_for_later<F, Args...>));
      return returned();
    } else if constexpr (mappable<P, F, kept_argument<P, Args, false>...>) {
      static_assert(
          decltype(inspect(classes_of_call<P, apply_argument, F, kept_argument<P, Args, false>...>{}))::value);
      return future_of<as_single>(make_apply<false>(
          std::forward<F>(f), called_verb{.name = "apply_async", .waits = false}, std::forward<Args>(args)...));
    } else {
      static_cast<void>(sizeof(fault<P, apply_argument, F, kept_argument<P, Args, false>...>));
      return returned();
    }
  }

private:
  template <class As, class R> static auto future_of(std::unique_ptr<call<R>> made) {
    using value = collected<R, As>;
    return future<value>(std::make_unique<reported<pending_call<R, As>, value>>(std::move(made)));
  }
};

// What with() returns: the pool's verbs, with options.
template <policy P> class configured : public verbs<configured<P>, P> {
  friend class verbs<configured<P>, P>;

public:
  configured(const pool<P>& of, const call_options& o) : pool_(of), options_(o) {}

private:
  typename P::engine& engine() const { return pool_.engine(); }
  [[nodiscard]] const call_options& options_of_call() const noexcept { return options_; }

  const pool<P>& pool_;
  call_options options_;
};

struct no_initializer {
  void operator()() const noexcept {}
};

} // namespace detail

/// A pool of workers, of one policy. The destructor closes and joins. All functions but the destructor are thread-safe.
template <policy P> class pool : public detail::verbs<pool<P>, P>, public detail::pool_or_future {
  friend class detail::verbs<pool<P>, P>;
  friend class detail::configured<P>;

public:
  /// available_cpus() workers, no initializer.
  pool() : pool(options{}) {}

  /// workers: at least 1, else std::invalid_argument. initialize(args…) runs once in each worker, and how it gets args
  /// is the boundary table's: shared (thread), inherited (fork) or serialized (spawn). They are passed as lvalues if it
  /// takes those, else as rvalues.
  /// Throws start_failed when a worker cannot be started or its initializer throws or dies.
  explicit pool(int workers) : pool(options{.workers = workers}) {}
  explicit pool(const options& o) : pool(o, detail::no_initializer{}) {}
  template <class Init, class... Args>
  pool(int workers, Init&& initialize, Args&&... args)
      : engine_(start({.workers = workers}, std::forward<Init>(initialize), std::forward<Args>(args)...)) {}
  template <class Init, class... Args>
  pool(const options& o, Init&& initialize, Args&&... args)
      : engine_(start(o, std::forward<Init>(initialize), std::forward<Args>(args)...)) {}
  pool(const pool&) = delete;
  pool& operator=(const pool&) = delete;
  ~pool() {
    if (is_copy()) // its workers are not this process's to end, and its threads are not here
      static_cast<void>(new (std::nothrow) std::shared_ptr(engine_));
    else { // futures may keep the engine itself for longer
      engine_->close();
      join(*engine_);
    }
  }

  /// The verbs, with options for the one call: pool.with({.chunksize = 64}).map(f, xs). Throws std::invalid_argument
  /// that names the option.
  [[nodiscard]] detail::configured<P> with(const call_options& o) { return {*this, detail::checked(o)}; }

  [[nodiscard]] int workers() const noexcept { return engine_->workers(); }

  /// No more calls; those under way are finished.
  void close() { engine().close(); }
  /// Ends the pool at once: what is queued ends as cancelled, processes are killed. A thread finishes what it is at: an
  /// item or a few.
  void terminate() { engine().terminate(); }
  /// Waits until all workers have ended, and what then() or a coroutine does about its calls; within such, only for
  /// the workers. After close() or terminate(): throws crosspool::error otherwise.
  void join() {
    if (!engine().closed())
      throw error("crosspool: join() comes after close() or terminate()");
    join(engine());
  }

private:
  static void join(typename P::engine& engine) {
    engine.join();
    detail::continuation_queue::of_process().wait_for_all_of(engine);
  }
  template <class Init, class... Args> static auto start(const options& o, Init&& initialize, Args&&... args) {
    if constexpr (detail::initializable<P, Init, Args...>) {
      static_assert(decltype(detail::inspect(detail::classes_of_initializer<P, Init, Args...>{}))::value);
      return P::start(detail::checked(o), std::forward<Init>(initialize), std::forward<Args>(args)...);
    } else {
      static_cast<void>(sizeof(detail::initializer_fault<P, Init, Args...>));
      return std::unique_ptr<typename P::engine>();
    }
  }

  // Throws pool_closed in a process that was forked from the one that made the pool: it has a copy of the object only.
  typename P::engine& engine() const {
    if (is_copy())
      throw pool_closed("crosspool: this pool belongs to the process that made it, not to one forked from that");
    return *engine_;
  }
  [[nodiscard]] bool is_copy() const noexcept { return this_worker::pid() != owner_; }
  [[nodiscard]] call_options options_of_call() const noexcept { return {}; }

  int owner_ = this_worker::pid();
  std::shared_ptr<typename P::engine> engine_;
};

} // namespace crosspool

#endif
