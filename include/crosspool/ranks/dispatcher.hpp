// Which rank gets which items: parcels wait in one queue and are dealt out as batches, two or so ahead for each of a
// rank's workers, and what a rank has not begun is asked back for one whose workers have nothing to do. No threads and
// no link here: whoever holds the engine's lock works on it, and what ranks are to be told is put with the engine's
// outgoing messages.
#ifndef CROSSPOOL_RANKS_DISPATCHER_HPP
#define CROSSPOOL_RANKS_DISPATCHER_HPP

#include <crosspool/calls/completion.hpp>
#include <crosspool/ranks/message.hpp>
#include <crosspool/ranks/sent_broadcasts.hpp>
#include <crosspool/wire/arena.hpp>
#include <crosspool/wire/parcel.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

struct answer_head;
struct given_back_head;

class rank_dispatcher {
public:
  using clock = completion::clock;

  /// workers: of each rank. broadcasts: what parcels may refer to.
  rank_dispatcher(std::size_t ranks, int workers, sent_broadcasts& broadcasts, outgoing_messages& outgoing)
      : workers_(static_cast<std::size_t>(workers)), lanes_(ranks), broadcasts_(broadcasts), outgoing_(outgoing) {}

  /// Whether this rank is to be given any. At first, none is.
  void let_take(std::size_t rank, bool takes) noexcept { lanes_[rank].takes = takes; }

  void add(std::shared_ptr<remote_parcel> p);

  /// Gives the ranks what they should have. Whether any has left the queue.
  bool deal();

  [[nodiscard]] bool nothing_is_out() const noexcept { return in_flight_.empty(); }
  [[nodiscard]] bool holds_nothing() const noexcept { return queue_.empty() && in_flight_.empty(); }
  /// Whether so much of this priority or a higher one is queued that more would only take memory.
  [[nodiscard]] bool enough_queued(int priority) const;

  /// So much work one batch should be: much more than a round trip, as the next is on its way meanwhile, and so much
  /// that a batch for each worker takes the service a small part of the time in which they are run.
  [[nodiscard]] estimated_time batch_time() const;

  /// What a rank answers. body: its records. False if nobody waits for it any more.
  bool take_answer(const arriving_message& message, const std::shared_ptr<const arena_buffer>& body);
  /// A rank has been asked for a batch: here it is, or it had begun.
  void take_back(const given_back_head& head);

  /// What is queued of a call ends as cancelled, and the ranks that have some of it are told.
  void cancel(const completion& call);
  /// Everything that is queued or with a rank ends so.
  void fail_everything(const std::exception_ptr& why);

private:
  // A rank as dealing sees it.
  struct lane {
    bool takes = false;
    bool asked_back = false; // for a batch
    std::size_t batches = 0; // with it
    estimated_time work{0};  // theirs
    std::size_t bytes = 0;   // of their requests
  };
  struct batch {
    std::shared_ptr<remote_parcel> parcel;
    std::size_t rank;
    estimated_time work;
    std::size_t bytes;
    clock::time_point sent;
    bool asked_back = false;
  };
  using batches = std::unordered_map<std::uint64_t, batch>; // by their numbers

  static constexpr std::chrono::microseconds batch_cost{5}; // of the service's time, to send one and take the answer
  static constexpr std::size_t large = std::size_t{1} << 20U;
  static constexpr std::size_t most_batches = 64;

  static int priority_of(const std::shared_ptr<remote_parcel>& p) noexcept { return p->priority(); }
  // sent: the time from there to the answer, and what of it the rank says that it had the batch. Downwards at once,
  // upwards slowly: large messages and a service that is busy make it look long.
  void learn_round_trip(clock::duration sent, std::chrono::nanoseconds held);

  // So much work a rank should have for each of its workers. Where workers hold all processors, the rank waits
  // milliseconds for one; but what nobody knows the time of may take long, and is better dealt out late.
  [[nodiscard]] estimated_time time_ahead() const;

  // Those with workers that have nothing to do first.
  [[nodiscard]] std::pair<std::size_t, estimated_time> load_of(const lane& l) const {
    return l.batches < workers_ ? std::pair(l.batches, estimated_time::zero()) : std::pair(workers_, l.work);
  }
  // Whether more of this priority would only wait at the rank. What is of a lower one waits there behind it.
  [[nodiscard]] bool has_enough(const lane& l, int priority) const;
  // The rank with the least to do of those that should have more of this priority; null if none.
  lane* least_busy(int priority);

  void give(lane& to, const std::shared_ptr<remote_parcel>& p);
  batch remove(batches::iterator at);

  // Has the rank with the most that waits give some of it back, for one whose workers have nothing to do.
  void ask_back();

  void tell_ranks_at(const completion& call, rank_message_kind what);

  [[nodiscard]] std::size_t index_of(const lane& l) const noexcept {
    return static_cast<std::size_t>(&l - lanes_.data());
  }

  const std::size_t workers_;
  std::vector<lane> lanes_;
  sent_broadcasts& broadcasts_;
  outgoing_messages& outgoing_;
  std::deque<std::shared_ptr<remote_parcel>> queue_; // by priority
  batches in_flight_;
  std::uint64_t last_batch_ = 0;
  estimated_time pace_{0};       // of an item of any call, for those whose own is not known
  estimated_time round_trip_{0}; // of a batch, without the time that the rank has it, lately
  int lowest_ = 0;               // no priority of what is in flight is lower
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/ranks/dispatcher.ipp>
#endif

#endif
