// The program's side of map_reduce: whether a call can be made, and the combining of what comes home, while the workers
// go on.
#ifndef CROSSPOOL_VERBS_MAP_REDUCE_HPP
#define CROSSPOOL_VERBS_MAP_REDUCE_HPP

#include <crosspool/calls/call.hpp>
#include <crosspool/mappable.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/progress.hpp>
#include <crosspool/verbs/call_check.hpp>
#include <crosspool/verbs/fold.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// ---- before the program runs ----

template <class Cut, class T, class F, class Reduce> struct function_parts<fold<Cut, T, F, Reduce>> {
  using type = decltype(typename function_parts<F>::type{} + typename function_parts<Reduce>::type{});
};

/// Whether f's results E become values of type T, of which Reduce makes one of two.
template <class P, class T, class F, class Reduce, class E>
concept reduces_to = std::movable<T> &&
                     requires(called_as<P, F> f, arrives_as<P, E> element, function_there<P, Reduce> reduce, T value) {
                       { std::invoke(f, static_cast<arrives_as<P, E>>(element)) } -> std::convertible_to<T>;
                       { std::invoke(reduce, std::move(value), std::move(value)) } -> std::convertible_to<T>;
                     };

/// Whether P's pool can map F over elements E and combine the results by Reduce to a T.
template <class P, class T, class F, class Reduce, class E>
concept map_reducible = (P::function == crossing::shared ||
                         (function_crosses<std::decay_t<F>> && function_crosses<std::decay_t<Reduce>>)) &&
                        crossable_to<sent_t<E>, P> && callable_in_worker<P, F, E> && reduces_to<P, T, F, Reduce, E> &&
                        crossable_to<T, P>;

template <policy P, class F, class Reduce, class E> consteval auto find_what_cannot_cross() {
  if constexpr (P::arguments != crossing::serialized)
    return types<>{};
  else
    return decltype(faults<map_argument, function_state, F, E>{} + faults<map_argument, reduction_state, Reduce>{}){};
}
template <policy P, class T, class F, class Reduce, class E> consteval auto find_reduce_fault() {
  using all = decltype(find_what_cannot_cross<P, F, Reduce, E>());
  if constexpr (!std::is_same_v<all, types<>>)
    return decltype(detail::as_one(all{})){};
  else if constexpr (!callable_in_worker<P, F, E>)
    return find_call_fault<P, map_argument, F, E>();
  else if constexpr (!reduces_to<P, T, F, Reduce, E>)
    return std::type_identity<cannot_be_reduced<F, Reduce, T>>{};
  else
    return std::type_identity<refusal<result, T>>{};
}
/// Why it cannot.
template <policy P, class T, class F, class Reduce, class E>
using reduce_fault = typename decltype(find_reduce_fault<P, T, F, Reduce, E>())::type;

// ---- while it does ----

/// A call whose results are combined as they come home, in order or not. One thread adds and collects, then takes.
template <class T, class Reduce> class folding_call final : public awaited_call {
public:
  folding_call(std::shared_ptr<completion> home, Reduce& reduce, T init, bool ordered)
      : awaited_call(std::move(home)), reduce_(reduce), folded_(std::move(init)), ordered_(ordered) {}

  /// A chunk of so many elements goes into the parcel that is added next. Returns where it begins.
  std::size_t expect(std::size_t elements) {
    begins_.push_back(sent_);
    return std::exchange(sent_, sent_ + elements);
  }
  template <class Parcel> void add(const std::shared_ptr<Parcel>& made) {
    sources_.push_back({made, sent_ - begins_.front()});
    begins_.push_back(sent_);
    made->holds_chunks(std::exchange(begins_, {}));
  }
  void sent_all(std::size_t /*chunks*/) noexcept { expect_in_all(expected().value_or(sent_)); }

  /// Never throws: an error is kept, and the first ends the call.
  void collect() noexcept override {
    for (auto it = sources_.begin(); it != sources_.end();)
      if (it->source->arrived()) {
        fold_in(*it);
        it = sources_.erase(it);
      } else if (ordered_)
        return;
      else
        ++it;
  }
  /// Whether an error has ended it.
  [[nodiscard]] bool settled() const noexcept { return error_ != nullptr; }

  /// Waits for all. Throws the error.
  T take() {
    wait();
    collect();
    demand_not_cancelled(true);
    report_end(*expected(), *expected() - folded_in_);
    if (error_)
      std::rethrow_exception(error_);
    return std::move(folded_);
  }

private:
  struct part {
    std::shared_ptr<result_source<T>> source;
    std::size_t elements;
  };

  // Of elements, not of chunks.
  [[nodiscard]] items_so_far count() const override {
    auto ended = folded_in_ + failed_;
    for (const auto& each : sources_)
      ended += each.source->arrived() ? each.elements : 0;
    return {ended, failed_};
  }

  void fold_in(const part& p) noexcept {
    if (settled()) {
      failed_ += p.elements;
      return;
    }
    try {
      results<T> partial;
      p.source->unpack(partial);
      for (auto&& each : partial.take())
        folded_ = static_cast<T>(std::invoke(reduce_, std::move(folded_), static_cast<T>(std::move(each))));
      folded_in_ += p.elements;
    } catch (...) {
      error_ = std::current_exception();
      failed_ += p.elements;
      home()->abandon();
    }
  }

  Reduce& reduce_;
  T folded_;
  bool ordered_;
  std::list<part> sources_;
  std::exception_ptr error_;

  // Elements.
  std::vector<std::size_t> begins_; // of the chunks that no parcel with a place in sources_ has
  std::size_t sent_ = 0;            // in all chunks
  std::size_t folded_in_ = 0;       // in the result
  std::size_t failed_ = 0;          // never to be there
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
