// The program's side of a pool whose workers are those of other ranks: takes calls, has the dispatcher deal their
// parcels out, and hands what comes back to the calls. What a rank does with a batch is the local pool's there. The
// user's code runs only in the threads of those who wait.
#ifndef CROSSPOOL_RANKS_ENGINE_HPP
#define CROSSPOOL_RANKS_ENGINE_HPP

#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/limits.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/calls/timeline.hpp>
#include <crosspool/options.hpp>
#include <crosspool/ranks/dispatcher.hpp>
#include <crosspool/ranks/sent_broadcasts.hpp>
#include <crosspool/ranks/service.hpp>
#include <crosspool/wire/broadcast_message.hpp>
#include <crosspool/wire/exit_function.hpp>
#include <crosspool/wire/task.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

class line_deliverer;
struct exited_worker;
struct traced_head;

class rank_engine final : public engine_base, public rank_client {
public:
  template <class R, class F, class... T> using task = remote_task<R, F, T...>;
  using parcel_type = remote_parcel;
  static constexpr bool reads_in_place = false;
  static constexpr bool outlives_calls = false;

  /// Starts o.workers on each rank and waits until their initializers have run. threads: instead of processes.
  /// Throws start_failed; nothing that was started is left then.
  rank_engine(const options& o, bool threads, const std::shared_ptr<const bytes>& setup,
              std::shared_ptr<rank_service> service);
  CROSSPOOL_INLINE ~rank_engine() override;

  /// On all ranks together.
  [[nodiscard]] int workers() const noexcept { return options_.workers * static_cast<int>(ranks_.size()); }

  /// Asks the ranks, as long as they are there.
  [[nodiscard]] pool_stats stats();
  /// Ranks say what they did, and when by this one's clock, as far as that is known: a message may take its time.
  void trace_to(const std::string& path);
  void stop_trace();

  [[nodiscard]] paced_parcels parcel_sizes(std::size_t chunksize, std::size_t total) {
    const std::lock_guard lock(mutex_);
    return {chunksize, total, static_cast<std::size_t>(workers()), dispatcher_.batch_time()};
  }
  template <class Task>
  std::shared_ptr<typename Task::parcel_type> start_parcel(const Task& of, const std::shared_ptr<completion>& home,
                                                           std::string_view verb, std::size_t first,
                                                           std::size_t chunksize, std::size_t size) const {
    return of.start_parcel(home, verb, first, requests_, size, chunksize);
  }
  /// More bytes are not worth putting into one parcel.
  static constexpr std::size_t parcel_bytes = std::size_t{1} << 18U;

  /// Takes p over, between begin_call and end_call. by: who adds and waits for the call, or null if nobody does; it
  /// then waits here while there is enough to do for the ranks. False if the pool has been terminated or has failed
  /// meanwhile: p's items have ended then, and it is no use to submit more.
  bool submit(std::shared_ptr<remote_parcel> p, collector* by);

  CROSSPOOL_INLINE void drive(completion& until, clock::time_point deadline, collector* to) override;

  CROSSPOOL_INLINE void cancel(completion& call) override;

  /// Once for all workers of a rank. Throws pool_closed, and what encoding value throws.
  template <class T> broadcasted<T> broadcast(const T& value) {
    demand_open_now();
    auto made = std::make_unique<const broadcast_message>(requests_, value);
    const auto place = made->place();
    const std::lock_guard lock(mutex_);
    return broadcasted<T>(place, broadcasts_.add(std::move(made)));
  }

  /// Each worker that ends in order from now on runs f before. Throws pool_closed, crosspool::error if there is such a
  /// function already, and what encoding f throws.
  template <class R, class F> exit_results<R> at_exit(F&& f) {
    auto made = std::make_shared<remote_exit_of<R, std::decay_t<F>>>(requests_, f);
    at_exit(made);
    return exit_results<R>(made->record());
  }
  void at_exit(const std::shared_ptr<remote_exit>& made);

  void terminate();
  /// Waits until all workers have ended, and on_output has had all that they have printed. After close or terminate.
  void join();

private:
  enum class rank_state { opening, open, failed, closing, terminating, closed };

  // What is known of a rank.
  struct remote_rank {
    serving_rank is;
    int first_worker = 0;
    rank_state state = rank_state::opening;
    bool traces = false;     // until it has said all
    bool owes_stats = false; // it has been asked for them
    pool_stats stats{};      // that it said last
  };

  CROSSPOOL_INLINE void wake() override;

  template <class Done>
  void drive(std::unique_lock<std::mutex>& lock, clock::time_point deadline, collector* to, const Done& done);

  // ---- its ranks ----

  [[nodiscard]] bool any_is(rank_state s) const noexcept;
  [[nodiscard]] bool all_are(rank_state s) const noexcept;
  void set_state(remote_rank& of, rank_state s) noexcept;
  [[nodiscard]] std::size_t index_of(const remote_rank& of) const noexcept {
    return static_cast<std::size_t>(&of - ranks_.data());
  }
  template <class Head> void tell(const remote_rank& to, rank_message_kind kind, const Head& head) {
    post(outgoing_, index_of(to), kind, head);
  }

  void open(const remote_rank& to, bool threads, const std::shared_ptr<const bytes>& setup);
  void close_ranks();
  // Nothing more is to run.
  void end_everything();

  // ---- the service's thread: what is sent, and what comes ----

  CROSSPOOL_INLINE bool send(rank_link& to, std::uint32_t number) override;
  CROSSPOOL_INLINE bool expects_something() override;
  CROSSPOOL_INLINE void cut_off() override;
  CROSSPOOL_INLINE std::byte* place(const arriving_message& message) override;
  CROSSPOOL_INLINE void received(const arriving_message& message) override;

  void failure_of(remote_rank& of, byte_view encoded);
  void draw(const traced_head& traced);
  void keep_exit(const exited_worker& worker);
  void end_of(remote_rank& of, pool_stats stats);

  const options options_;
  const std::shared_ptr<rank_service> service_;
  const std::shared_ptr<arena> requests_; // and answers
  std::uint32_t number_ = 0;              // the service's for this
  std::shared_ptr<arena_buffer> arrived_; // the body of the message that is being received
  timeline timeline_;

  // Guarded by mutex_.
  std::vector<remote_rank> ranks_;
  outgoing_messages outgoing_;
  sent_broadcasts broadcasts_;
  rank_dispatcher dispatcher_;
  std::size_t answers_ = 0; // so far
  std::shared_ptr<remote_exit> exit_;

  std::mutex join_mutex_;
  bool joined_ = false;
  std::unique_ptr<line_deliverer> output_; // if there is a callback
};
static_assert(engine<rank_engine>);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/ranks/engine.ipp>
#endif

#endif
