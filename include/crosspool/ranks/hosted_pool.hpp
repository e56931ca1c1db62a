// One of the program's pools, on another rank: its engine here, and what travels for it.
#ifndef CROSSPOOL_RANKS_HOSTED_POOL_HPP
#define CROSSPOOL_RANKS_HOSTED_POOL_HPP

#include <crosspool/processes/engine.hpp>
#include <crosspool/processes/worker_source.hpp>
#include <crosspool/ranks/heads.hpp>
#include <crosspool/ranks/outbox.hpp>
#include <crosspool/ranks/relay.hpp>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// One of the program's pools here. One thread, but for what it says.
class hosted_pool : not_copied {
public:
  /// Begins to start the local pool: that it has, or has not, it says. setup: see make_setup.
  hosted_pool(rank_outbox& outbox, std::uint32_t id, const open_head& open, std::shared_ptr<const bytes> setup,
              std::string where)
      : outbox_(outbox), id_(id), open_(open), where_(std::move(where)),
        keeper_([this, setup = std::move(setup)] { keep(setup); }) {}
  ~hosted_pool();

  // ---- batches ----

  /// Where the batch's request is to lie; null if there is no memory for it.
  std::byte* place(const batch_head& batch, std::size_t size);
  /// It lies there, or nowhere.
  void take(const batch_head& batch);
  /// What became of a batch that has ended. If that was by the local pool's failure alone, another rank can run it.
  std::vector<rank_message> answer(std::uint64_t number);

  /// Gives a batch back, if nobody has begun it.
  void give_back(std::uint64_t number);

  // ---- calls ----

  void drop(std::uint64_t seed);
  void cancel(std::uint64_t seed);

  // ---- broadcast values and the exit function ----

  std::byte* place_broadcast(std::uint64_t number, std::size_t size);
  void forget(std::uint64_t number) { broadcasts_.erase(number); }

  std::byte* place_exit_function(const std::vector<std::uint64_t>& broadcasts, std::size_t size);
  void take_exit_function();

  void trace(const trace_head& how);

  [[nodiscard]] stats_head stats() { return to_head(engine_->stats(), open_.first_worker); }

  /// Lets it end; when it has, it says so.
  void end(bool at_once);

private:
  struct hosted_call {
    std::shared_ptr<completion> home;
    std::size_t out = 0; // batches
  };
  struct hosted_batch {
    std::shared_ptr<relayed_parcel> parcel;
    std::uint64_t seed;
    std::shared_ptr<const void> request;
  };

  [[nodiscard]] options local_options();

  // In each worker.
  static void initialize(int first_worker, const bytes& setup);

  // Of a call that has ended with its first error, more may be under way.
  void remember_failed(std::uint64_t seed);
  static constexpr std::size_t most_failed = 64;

  [[nodiscard]] std::unique_ptr<worker_source> workers_to_start(const std::shared_ptr<const bytes>& setup) const;

  // The thread that the pool's life is: to start it, and to wait for its end, takes time that others need not wait.
  void keep(const std::shared_ptr<const bytes>& setup);

  // An orderly end may take for ever, unless the program loses its patience.
  void join_or_terminate();

  static std::int64_t nanoseconds_of(std::chrono::steady_clock::time_point t) {
    return std::chrono::nanoseconds(t.time_since_epoch()).count();
  }
  void post_traced(bool last);
  static constexpr std::size_t most_traced = 1000;

  // why: the local pool cannot work.
  [[nodiscard]] rank_message failed(const std::exception_ptr& why) const;
  // Of the local pool; null if it has not failed.
  [[nodiscard]] std::exception_ptr failure() const;

  rank_outbox& outbox_;
  const std::uint32_t id_;
  const open_head open_;
  const std::string where_;
  std::shared_ptr<process_engine> engine_; // once it has said that it is open
  bool failure_told_ = false;              // of that one
  std::map<std::uint64_t, std::shared_ptr<relayed_broadcast>> broadcasts_;
  std::vector<std::shared_ptr<relayed_broadcast>> kept_for_exit_;
  std::shared_ptr<relayed_exit> exit_;
  std::unordered_map<std::uint64_t, hosted_call> calls_;
  std::deque<std::uint64_t> failed_; // calls
  std::unordered_map<std::uint64_t, hosted_batch> batches_;
  std::shared_ptr<relayed_parcel> arriving_;
  std::vector<std::shared_ptr<const void>> kept_requests_; // that threads which were left behind may still read

  std::mutex trace_mutex_;
  std::vector<traced_event> traced_; // that the program has not been told

  std::mutex mutex_;
  std::condition_variable changed_;
  enum class stage { open, ending, terminating, joined } stage_ = stage::open; // none comes after a later one
  std::thread keeper_;                                                         // last: it uses all the others
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/ranks/hosted_pool.ipp>
#endif

#endif
