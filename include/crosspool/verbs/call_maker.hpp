// How a verb's call is made and waited for, when what it is given has been checked. It needs of the pool the engine and
// the options of the call: pools and pools with options share it.
#ifndef CROSSPOOL_VERBS_CALL_MAKER_HPP
#define CROSSPOOL_VERBS_CALL_MAKER_HPP

#include <crosspool/calls/call.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/options.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/stream.hpp>
#include <crosspool/verbs/call_check.hpp>
#include <crosspool/verbs/copyable.hpp>
#include <crosspool/verbs/elements.hpp>
#include <crosspool/verbs/items.hpp>
#include <crosspool/verbs/map_reduce.hpp>
#include <crosspool/verbs/sender.hpp>
#include <crosspool/verbs/streamed_call.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

// What a call is to its caller.
struct called_verb {
  std::string_view name;
  bool each_apart = false; // it returns each item's outcome
  bool waits = true;       // the caller, for the call
};

// f as workers call it with T...: itself, or a function object that passes their state on first.
template <class P, bool Waits, class... T, class F> decltype(auto) for_worker(F&& f) {
  if constexpr (gets_state<P, F, T...>) {
    constexpr bool refers = P::function == crossing::shared && Waits;
    using held = std::conditional_t<refers, std::remove_reference_t<F>&, std::decay_t<F>>;
    return with_state<typename P::worker_state, held>(static_cast<std::conditional_t<refers, held, F&&>>(f));
  } else
    return std::forward<F>(f);
}

// The calls of one verb of a pool of this policy.
template <policy P> class call_maker {
  using engine_type = typename P::engine;

public:
  call_maker(engine_type& engine, call_options o) : engine_(engine), options_(std::move(o)) {}

  // map and try_map.
  template <class As, class R, class F, class... Ranges>
  collected<R, As> run_map(const called_verb& verb, F&& f, Ranges&&... ranges) {
    if (may_be_outlasted()) {
      if constexpr (P::arguments == crossing::shared && (surely_kept<F> && ... && surely_kept<given_element<Ranges>>))
        if constexpr (yields<R, P, F, element<P, Ranges, false>...>)
          return As::collect(*make_map<false>(std::forward<F>(f), verb, std::forward<Ranges>(ranges)...));
      refuse_to_keep();
    }
    if constexpr (reads_in_place<engine_type, Ranges...>) {
      auto&& there = for_worker<P, true, element<P, Ranges, true>...>(f);
      return engine_.template run<R, std::is_same_v<As, as_outcomes>>(
          there, verb.name, options_, detail::common_size(ranges...),
          detail::arguments_of_map(types<element<P, Ranges, true>...>{}, ranges...));
    } else
      return As::collect(*make_map<true>(std::forward<F>(f), verb, std::forward<Ranges>(ranges)...));
  }

  template <class R, class F, class Range> collected<R, as_vector> run_starmap(F&& f, Range&& tuples) {
    constexpr row<P, Range, true> arguments;
    constexpr row<P, Range, false> kept;
    if (may_be_outlasted()) {
      if constexpr (P::arguments == crossing::shared && surely_kept<F> &&
                    detail::are_parts_kept<given_element<Range>>(
                        std::make_index_sequence<std::tuple_size_v<std::ranges::range_value_t<Range>>>{}))
        if constexpr (row_yields<R, F>(kept))
          return as_vector::collect(
              *make_starmap<false, R>(std::forward<F>(f), called_verb{"starmap"}, std::forward<Range>(tuples), kept));
      refuse_to_keep();
    }
    if constexpr (reads_in_place<engine_type, Range>) {
      auto&& there = row_for_worker(f, arguments);
      return engine_.template run<R, false>(there, "starmap", options_, detail::common_size(tuples),
                                            detail::arguments_of_starmap<element<P, Range, true>>(arguments, tuples));
    } else
      return as_vector::collect(
          *make_starmap<true, R>(std::forward<F>(f), called_verb{"starmap"}, std::forward<Range>(tuples), arguments));
  }

  template <class R, class F, class... Args> collected<R, as_single> run_apply(F&& f, Args&&... args) {
    if (may_be_outlasted()) {
      if constexpr (P::arguments == crossing::shared && (surely_kept<F> && ... && surely_kept<Args>))
        if constexpr (yields<R, P, F, kept_argument<P, Args, false>...>)
          return as_single::collect(
              *make_apply<false>(std::forward<F>(f), called_verb{"apply"}, std::forward<Args>(args)...));
      refuse_to_keep();
    }
    return as_single::collect(*make_apply<true>(std::forward<F>(f), called_verb{"apply"}, std::forward<Args>(args)...));
  }

  template <class T, class F, class Range, class Reduce>
  T run_map_reduce(F&& f, Range&& xs, Reduce&& reduce, T init) {
    if (may_be_outlasted()) {
      if constexpr (P::arguments == crossing::shared && surely_kept<F&> && surely_kept<Reduce&> &&
                    surely_kept<given_element<Range>>)
        if constexpr (map_reducible<P, T, F, Reduce, element<P, Range, false>>)
          return fold_chunks<false>(f, std::forward<Range>(xs), reduce, std::move(init));
      refuse_to_keep();
    }
    if constexpr (P::function == crossing::shared)
      return fold_chunks<true>(f, std::forward<Range>(xs), reduce, std::move(init));
    else
      return fold_chunks<true>(std::forward<F>(f), std::forward<Range>(xs), std::forward<Reduce>(reduce),
                               std::move(init));
  }

  // imap and imap_unordered.
  template <class R, class F, class... Ranges>
  stream<R> make_stream(std::string_view verb, order in, F&& f, Ranges&&... ranges) {
    const auto total = detail::common_size(ranges...);
    const auto task = make_task<false, R, element<P, Ranges, false>...>(std::forward<F>(f));
    using made = streamed_call<P, R, std::remove_const_t<decltype(task)>, Ranges...>;
    return stream<R>(std::make_unique<made>(engine_, task, verb, in, options_, total, std::forward<Ranges>(ranges)...));
  }

  // Waits: the caller, for the call.
  template <bool Waits, class F, class... Ranges> auto make_map(F&& f, const called_verb& verb, Ranges&&... ranges) {
    using R = result_of<P, F, element<P, Ranges, Waits>...>;
    return make_call<Waits, R, element<P, Ranges, Waits>...>(std::forward<F>(f), verb, detail::common_size(ranges...),
                                                             [&](auto& out) { add_all<Ranges...>(out, ranges...); });
  }
  template <bool Waits, class F, class... Args> auto make_apply(F&& f, const called_verb& verb, Args&&... args) {
    using R = result_of<P, F, kept_argument<P, Args, Waits>...>;
    return make_call<Waits, R, kept_argument<P, Args, Waits>...>(std::forward<F>(f), verb, 1, [&](auto& out) {
      if constexpr (P::arguments == crossing::shared)
        out.add(std::forward<Args>(args)...);
      else
        out.add(detail::as_carried(args)...);
    });
  }

private:
  template <class F, bool Waits>
  using held_function =
      std::conditional_t<P::function == crossing::shared && Waits && !std::is_function_v<std::remove_reference_t<F>>,
                         std::remove_reference_t<F>, std::decay_t<F>>;

  template <bool Waits, class R, class... T, class F> static auto make_task(F&& f) {
    using held = held_function<F, Waits>;
    using task = typename engine_type::template task<R, held, T...>;
    if constexpr (gets_state<P, F, T...>)
      return make_task<false, R, T...>(for_worker<P, Waits, T...>(std::forward<F>(f)));
    else if constexpr (P::function != crossing::shared)
      return task(f);
    else if constexpr (std::is_same_v<held, std::remove_reference_t<F>> && Waits)
      return task(std::shared_ptr<held>(std::shared_ptr<void>(), std::addressof(f)));
    else
      return task(std::make_shared<held>(std::forward<F>(f)));
  }

  // Whether a call that waits is to keep values nevertheless: an item that nobody can stop may outlast it.
  bool may_be_outlasted() {
    if constexpr (engine_type::outlives_calls)
      return engine_.timeout(options_).count() != 0;
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
    auto made = std::make_unique<call<R>>(engine_.new_completion(options_, Waits), verb.each_apart);
    if (options_.progress)
      made->report_to(options_.progress);
    // Threads that use the caller's own objects must be done with them, and outcomes must all be there.
    detail::end_by(options_.stop, made->home(), !verb.each_apart && (!Waits || P::arguments != crossing::shared));
    const auto task = make_task<Waits, R, T...>(std::forward<F>(f));
    sender<std::remove_const_t<decltype(task)>, engine_type, call<R>> out(engine_, *made, task, verb.name,
                                                                          options_.chunksize, total, verb.waits);
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
        std::apply(
            [&](auto&... each) { out.add(detail::dereference<Ranges>(each)...), (static_cast<void>(++each), ...); },
            at);
    }
  }

  template <bool Waits, class R, class F, class Range, class... T>
  auto make_starmap(F&& f, const called_verb& verb, Range&& range, types<T...>) {
    return make_call<Waits, R, T...>(std::forward<F>(f), verb, detail::common_size(range), [&](auto& out) {
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

  // Threads use f and reduce, given as lvalues, themselves while the caller waits, else copies of them.
  template <bool Waits, class T, class F, class Range, class Reduce>
  T fold_chunks(F&& f, Range&& xs, Reduce&& reduce, T init) {
    using cut = cut_for<Range, element<P, Range, Waits>>;
    constexpr bool refers = P::function == crossing::shared && Waits;
    using there = decltype(for_worker<P, Waits, element<P, Range, Waits>>(std::forward<F>(f)));
    using function = std::conditional_t<refers, there, std::decay_t<there>>;
    using reduction = std::conditional_t<refers, Reduce, std::decay_t<Reduce>>;
    fold<cut, T, function, reduction> of_chunk(for_worker<P, Waits, element<P, Range, Waits>>(std::forward<F>(f)),
                                               std::forward<Reduce>(reduce));
    folding_call folded(engine_.new_completion(options_, Waits), of_chunk.reduction(), std::move(init),
                        options_.ordered);
    detail::end_by(options_.stop, folded.home(), !Waits || P::arguments != crossing::shared);
    const auto total = detail::common_size(xs);
    if (total != unknown_length)
      folded.expect_in_all(total);
    if (options_.progress)
      folded.report_to(options_.progress);
    const auto task = make_task<Waits, T, typename cut::type, std::uint64_t>(of_chunk);
    const auto& limits = folded.home()->limits();
    const bool one_by_one = limits.timeout.count() != 0 || limits.retries != 0;
    chunk_sizes sizes(one_by_one ? 1 : options_.chunksize, total, static_cast<std::size_t>(engine_.workers()),
                      cut::most);
    {
      sender<std::remove_const_t<decltype(task)>, engine_type, decltype(folded)> out(
          engine_, folded, task, "map_reduce", 1, unknown_length, true);
      try {
        cut::cut(
            xs, sizes, [](auto& at) -> decltype(auto) { return detail::dereference<Range>(at); },
            [&](typename cut::type chunk) {
              const std::uint64_t first = folded.expect(chunk.size());
              out.add(std::move(chunk), first);
              folded.collect();
              return !out.stopped() && !folded.settled();
            });
        out.finish();
      } catch (...) {
        out.give_up();
        throw;
      }
    }
    return folded.take();
  }

  template <class R, class F, class... T> static consteval bool row_yields(types<T...>) {
    return yields<R, P, F, T...>;
  }
  template <class F, class... T> static decltype(auto) row_for_worker(F& f, types<T...>) {
    return for_worker<P, true, T...>(f);
  }

  engine_type& engine_;
  const call_options options_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
