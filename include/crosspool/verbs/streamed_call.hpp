// The call behind a stream. It keeps some parcels under way, as many as keep the workers busy and its bounds allow, and
// pulls the items for more of them from the ranges whenever the one who iterates has none to take: in that thread,
// there is no other.
#ifndef CROSSPOOL_VERBS_STREAMED_CALL_HPP
#define CROSSPOOL_VERBS_STREAMED_CALL_HPP

#include <crosspool/calls/call.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/options.hpp>
#include <crosspool/policy.hpp>
#include <crosspool/progress.hpp>
#include <crosspool/stream.hpp>
#include <crosspool/this_worker.hpp>
#include <crosspool/verbs/in_flight.hpp>
#include <crosspool/verbs/items.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <ranges>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// In which order a stream gives its results.
enum class order { of_items, of_arrival };

/// A call of Task on the items of Ranges, with results of type R, that P's engine runs part by part.
template <policy P, class R, class Task, class... Ranges> class streamed_call final : public outcome_source<R> {
  using engine_type = typename P::engine;
  using parcel_type = typename Task::parcel_type;

public:
  /// total: items, or unknown_length. Throws pool_closed.
  streamed_call(engine_type& engine, const Task& task, std::string_view verb, order in, const call_options& o,
                std::size_t total, Ranges&&... ranges)
      : engine_(std::static_pointer_cast<engine_type>(engine.shared_from_this())),
        home_(engine.new_completion(o, false)), task_(task), verb_(verb), order_(in), chunksize_(o.chunksize),
        workers_(static_cast<std::size_t>(engine.workers())), sizes_(o.chunksize, total, workers_),
        in_flight_(o, workers_, is_fixed ? sizeof(R) : 0), source_(std::forward<Ranges>(ranges)...) {
    engine_->begin_call(); // whether it is open
    engine_->end_call();
    end_by(o.stop, home_, true);
    if (o.progress) {
      home_->count_items();
      reporter_.emplace(o.progress);
    }
    if (total != unknown_length)
      total_ = total;
  }
  ~streamed_call() override {
    if (this_worker::pid() == owner_ && home_->out() != 0)
      home_->cancel();
  }

  bool next(std::vector<outcome<R>>& to) override {
    const auto entered = clock::now();
    for (;;) {
      report();
      const bool pulls = may_pull();
      if (something_is_there() && (!pulls || waits_for_source() || clock::now() - entered >= patience)) {
        give(to);
        return true;
      }
      if (pulls) {
        if (!something_comes_first())
          pull();
      } else if (!parts_.empty())
        wait(reporter_ ? reporter_->due() : clock::time_point::max(),
             !ended_ && in_flight_.has_room() ? parcels_refilled_at * workers_ : 0);
      else if (source_error_) {
        fail(to, 1, std::exchange(source_error_, nullptr));
        return true;
      } else {
        if (reporter_)
          reporter_->report_end(pulled_, failed_);
        return false;
      }
    }
  }

private:
  using clock = completion::clock;

  // A parcel, or what its places have instead of results.
  struct part {
    std::shared_ptr<parcel_type> parcel;
    std::exception_ptr error;
    std::size_t items = 0;
    std::size_t bytes = 0;

    [[nodiscard]] bool is_home() const noexcept { return error || parcel->is_home(); }
  };

  static constexpr bool is_fixed = std::is_trivially_copyable_v<R>; // in its size
  static constexpr bool is_packed = P::arguments != crossing::shared;
  static constexpr std::size_t parcels_per_worker = 4, parcels_refilled_at = 3;
  // So long the source may be pulled while a worker, or who iterates, could have something already. Long against the
  // cost of a parcel.
  static constexpr std::chrono::nanoseconds patience = std::chrono::microseconds(100);

  // ---- what is there ----

  // Of a call that was cancelled, parcels need not come home.
  [[nodiscard]] auto first_there() {
    if (home_->abandoned() && home_->is_cancelled())
      return parts_.begin();
    if (order_ == order::of_items)
      return !parts_.empty() && parts_.front().is_home() ? parts_.begin() : parts_.end();
    return std::find_if(parts_.begin(), parts_.end(), [](const part& each) { return each.is_home(); });
  }
  [[nodiscard]] bool something_is_there() {
    if (parts_.empty() || first_there() != parts_.end())
      return !parts_.empty();
    wait(clock::time_point::min()); // what workers have finished may not have been looked at
    return first_there() != parts_.end();
  }

  // While nothing is there: until something is, or fewer than so many parcels are out, or the time has come.
  void wait(clock::time_point until, std::size_t fewer_than = 0) {
    if (order_ == order::of_items)
      home_->wait_for(parts_.front().parcel.get(), fewer_than, until);
    else
      home_->wait_for(nullptr, parts_.size(), until);
  }

  void report() {
    if (reporter_)
      reporter_->report(home_->ended_items(), home_->failed_items(), ended_ ? pulled_ : total_);
  }

  static void fail(std::vector<outcome<R>>& to, std::size_t count, const std::exception_ptr& error) {
    const std::vector<failure> all(count, failure{error});
    to = std::vector<outcome<R>>(all.begin(), all.end());
  }
  void give(std::vector<outcome<R>>& to) {
    const auto from = first_there();
    if (from->error)
      fail(to, from->items, from->error);
    else if (!from->is_home())
      fail(to, from->items, call_was_cancelled());
    else {
      results<R> all(true);
      all.reserve(from->items);
      from->parcel->unpack(all);
      to = all.take_outcomes();
      if constexpr (!is_fixed)
        in_flight_.learn(result_bytes(*from->parcel, to));
    }
    in_flight_.remove(from->items, from->bytes);
    parts_.erase(from);
    if (home_->limits().fail_fast)
      end_at_error(to);
    if (reporter_)
      failed_ += static_cast<std::size_t>(std::ranges::count_if(to, is_error));
  }

  // ---- after an error with fail_fast ----

  static bool is_error(const outcome<R>& each) noexcept { return !each; }
  // Null if there is none.
  static std::exception_ptr error_of_one_run(const std::vector<outcome<R>>& all) {
    for (const auto& each : all)
      if (auto error = each.error(); error && error != call_was_abandoned())
        return error;
    return nullptr;
  }

  // The first place without a value is the last, and has the error that ended the call.
  void end_at_error(std::vector<outcome<R>>& to) {
    const auto at = std::ranges::find_if(to, is_error);
    if (at == to.end())
      return;
    auto error = at->error() != call_was_abandoned() ? at->error() : error_that_ended(to);
    const auto values = static_cast<std::size_t>(at - to.begin());
    for (failed_ += to.size() - values - 1; to.size() != values + 1;)
      to.pop_back();
    std::destroy_at(&to.back()); // not every outcome can be assigned, and a vector that could grow may have to copy
    std::construct_at(&to.back(), failure{std::move(error)});
    for (const auto& each : parts_)
      failed_ += each.items;
    parts_.clear();
    ended_ = true;
    source_error_ = nullptr;
  }
  // Of those that these items, and all behind them, ended with: the lowest item's that was run. Waits for what is
  // running.
  std::exception_ptr error_that_ended(const std::vector<outcome<R>>& here) {
    if (auto error = error_of_one_run(here))
      return error;
    for (; home_->out() != 0 && !home_->is_cancelled(); report())
      home_->wait_for(nullptr, 1, reporter_ ? reporter_->due() : clock::time_point::max());
    for (auto& each : parts_)
      if (each.error)
        return each.error;
      else if (each.is_home()) {
        results<R> all(true);
        each.parcel->unpack(all);
        if (auto error = error_of_one_run(all.take_outcomes()))
          return error;
      }
    return call_was_cancelled(); // as it was by somebody else
  }

  // Of one result, in bytes.
  static std::size_t result_bytes(const parcel_type& from, const std::vector<outcome<R>>& all) {
    std::size_t sum = 0;
    if constexpr (is_packed)
      sum = from.result_bytes();
    else
      for (const auto& each : all)
        sum += each ? detail::bytes_of(*each) : 0;
    return sum / all.size();
  }

  // ---- pulling ----

  [[nodiscard]] bool may_pull() {
    return !ended_ && in_flight_.has_room() && home_->out() < parcels_per_worker * workers_;
  }
  // Whether the source takes longer for an item than the workers do: then nothing is lost if what is there comes first.
  [[nodiscard]] bool waits_for_source() const noexcept {
    return pull_time_ > patience && estimated_time(pull_time_) * workers_ > home_->pace();
  }
  // What a slow source has given last may be done long before it gives the next.
  [[nodiscard]] bool something_comes_first() {
    const auto worth_waiting = pull_time_ / 8;
    if (!waits_for_source() || home_->pace() > worth_waiting || home_->out() == 0)
      return false;
    wait(clock::now() + worth_waiting);
    return first_there() != parts_.end();
  }

  void pull() {
    part made;
    std::exception_ptr error;
    try {
      made.parcel = engine_->start_parcel(task_, home_, verb_, pulled_, chunksize_, bytes_);
      error = fill(made);
      made.items = made.parcel->size();
    } catch (...) { // there is no memory
      ended_ = true;
      source_error_ = std::current_exception();
      return;
    }
    if (made.items != 0) {
      bytes_ = made.bytes;
      submit(made);
      keep(std::move(made));
    }
    if (error && ended_)
      source_error_ = error;
    else if (error) {
      home_->ended(1, 1);
      keep({nullptr, error, 1, 0});
    }
  }
  void keep(part made) {
    pulled_ += made.items;
    in_flight_.add(made.items, made.bytes);
    parts_.push_back(std::move(made));
  }
  void submit(part& p) {
    try {
      engine_->begin_call();
    } catch (...) { // the pool has been closed
      ended_ = true;
      p.error = std::current_exception();
      return;
    }
    home_->add();
    try {
      if (!engine_->submit(p.parcel, nullptr))
        ended_ = true;
    } catch (...) {
      home_->remove();
      ended_ = true;
      p.error = std::current_exception();
    }
    engine_->end_call();
  }

  // Pulls items until the parcel is full or its time is over. Returns what was thrown: by the source, which has ended
  // then, or by an item that cannot be kept.
  std::exception_ptr fill(part& to) {
    using first_range = std::remove_reference_t<kept_range<std::tuple_element_t<0, std::tuple<Ranges...>>>>;
    auto& parcel = *to.parcel;
    const auto size = std::min(next_size(), in_flight_.items_at_a_time());
    if constexpr (sizeof...(Ranges) == 1 && taken_in_runs<parcel_type, first_range>) {
      constexpr auto each = sizeof(std::ranges::range_value_t<first_range>);
      const auto run = source_.next_run(std::clamp<std::size_t>(bytes_at_a_time() / each, 1, size));
      ended_ = run.empty();
      parcel.add_run(run.data(), run.size());
      to.bytes = run.size_bytes();
      return nullptr;
    } else {
      const auto begun = clock::now();
      auto looked = begun;
      std::size_t next_look = 1, stride = 1;
      bool is_pulled = false;
      try {
        for (; !is_full(to, size); is_pulled = false) {
          if (!source_.next()) {
            ended_ = true;
            break;
          }
          auto item = source_.item();
          is_pulled = true;
          add(to, item);
          if (parcel.size() != next_look)
            continue;
          const auto now = clock::now();
          if (now - begun >= patience)
            break;
          stride = now - looked > patience / 16 ? 1 : std::min(2 * stride, most_unlooked);
          next_look += stride;
          looked = now;
        }
      } catch (...) {
        ended_ = !is_pulled;
        return std::current_exception();
      }
      if (parcel.size() != 0)
        pull_time_ = (clock::now() - begun) / parcel.size();
      return nullptr;
    }
  }
  // Items that are pulled from a quick source between two looks at the clock.
  static constexpr std::size_t most_unlooked = 32;

  template <class Item> void add(part& to, Item& item) {
    std::apply(
        [&](auto&&... element) {
          if constexpr (!is_packed)
            to.bytes += (std::size_t{0} + ... + detail::bytes_of(element));
          to.parcel->add(std::forward<decltype(element)>(element)...);
        },
        std::move(item));
    if constexpr (is_packed)
      to.bytes = to.parcel->bytes();
  }
  [[nodiscard]] bool is_full(const part& p, std::size_t size) const {
    return p.parcel->size() >= size ||
           (p.bytes >= bytes_at_a_time() && (chunksize_ == 0 || p.parcel->size() % chunksize_ == 0));
  }
  [[nodiscard]] std::size_t bytes_at_a_time() const {
    const auto most = in_flight_.bytes_at_a_time();
    return is_packed ? std::min(most, engine_type::parcel_bytes) : most;
  }
  [[nodiscard]] std::size_t next_size() {
    if (home_->abandoned())
      return 1; // if there is one, its place says that the stream has not come to the end of the source
    if (!is_packed && home_->limits().timeout.count() != 0)
      return 1; // or one that is stuck would keep others from being run
    return sizes_.next(*home_, pulled_);
  }

  const std::shared_ptr<engine_type> engine_;
  const std::shared_ptr<completion> home_;
  const Task task_;
  const std::string_view verb_;
  const order order_;
  const std::size_t chunksize_;
  const std::size_t workers_;
  const int owner_ = this_worker::pid();
  paced_parcels sizes_;
  in_flight in_flight_;
  item_source<Ranges...> source_;
  bool ended_ = false;                    // nothing more is pulled
  std::exception_ptr source_error_;       // why, if the source threw: after all results
  std::deque<part> parts_;                // what has not been given, in the order of the items
  std::size_t pulled_ = 0;                // items
  std::size_t bytes_ = 0;                 // of the parcel before
  std::chrono::nanoseconds pull_time_{0}; // of one item, lately
  std::optional<std::size_t> total_;      // items, if that is known before they are pulled
  std::size_t failed_ = 0;                // of those given, if that is to be told
  std::optional<progress_reporter> reporter_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
