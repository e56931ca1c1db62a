// A call's items on a rank that serves, between the program, from which they come as bytes, and the local pool that
// runs them: to that they are a parcel as any other, but that nobody unpacks it here. What workers have made of it goes
// back as it is.
#ifndef CROSSPOOL_RANKS_RELAY_HPP
#define CROSSPOOL_RANKS_RELAY_HPP

#include <crosspool/bytes/exceptions.hpp>
#include <crosspool/ranks/heads.hpp>
#include <crosspool/ranks/message.hpp>
#include <crosspool/ranks/outbox.hpp>
#include <crosspool/wire/broadcast_message.hpp>
#include <crosspool/wire/exit_function.hpp>
#include <crosspool/wire/task.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

// An exception as bytes.
inline bytes encoded(const std::exception_ptr& why) {
  bytes said;
  said.reserve(256);
  try {
    std::rethrow_exception(why);
  } catch (...) {
    encode_current_exception(said);
  }
  return said;
}

// ---- broadcast values ----

/// Where a message of the program's lies in this rank's memory.
struct moved_broadcast {
  std::uint64_t number;
  std::uint64_t offset;
};

inline void learn(const std::vector<moved_broadcast>& moved) {
  auto& here = static_cast<broadcasts_in_requests&>(*broadcasts_here);
  for (const auto& [number, offset] : moved)
    here.moved(number, offset);
}

/// A broadcast message of the program's, as its bytes. Gone with its last owner.
class relayed_broadcast : not_copied {
public:
  relayed_broadcast(const std::shared_ptr<arena>& memory, std::size_t size) : memory_(memory), message_(memory, size) {
    message_.extend(size);
  }
  ~relayed_broadcast() {
    if (memory_->memory().is_mine()) // what comes in its place need not be longer
      std::memset(message_.data(), 0, sizeof(broadcast_mark));
  }

  [[nodiscard]] std::byte* data() const noexcept { return message_.data(); }
  [[nodiscard]] std::uint64_t offset() const noexcept { return message_.offset(); }

private:
  std::shared_ptr<arena> memory_;
  arena_buffer message_;
};

// ---- what workers run ----

// Where broadcast values lie comes before the request itself, which is aligned.
template <class Entry> void write_moved(message_buffer& to, Entry entry, const std::vector<moved_broadcast>& moved) {
  encode_function_id(to, reinterpret_cast<std::uintptr_t>(entry));
  encode(to, moved);
  to.align(message_alignment);
}
inline void learn_from(byte_view& from) {
  learn(decode<std::vector<moved_broadcast>>(from));
  from = from.subspan(padding(from.data(), message_alignment));
}

/// In a worker: runs a request that stands behind what there is to learn.
inline void run_relayed(byte_view request, worker_queue& queue, reply_writer& replies) {
  learn_from(request);
  const auto size = decode<std::uint64_t>(request);
  if (size > request.size())
    throw error("crosspool: a request makes no sense");
  auto name = request.first(size);
  reinterpret_cast<task_entry>(decode_function_id(name))(request.subspan(size), queue, replies);
}

/// Likewise, an exit function.
inline void run_relayed_exit(byte_view function, bytes& answer) {
  learn_from(function);
  reinterpret_cast<exit_entry>(decode_function_id(function))(function, answer);
}

/// What stands in front of a request that refers to broadcast values; nothing if it refers to none.
inline bytes prefix_of(const std::vector<moved_broadcast>& moved) {
  bytes prefix;
  if (moved.empty())
    return prefix;
  bytes name;
  {
    vector_buffer to(name);
    encode_function_id(to, reinterpret_cast<std::uintptr_t>(static_cast<task_entry>(run_relayed)));
  }
  {
    vector_buffer to(prefix);
    encode(to, std::uint64_t{name.size()});
    to.write(name.data(), name.size());
    encode(to, moved);
  }
  return prefix;
}

// ---- parcels ----

/// A batch as the local pool's engine sees it.
class relayed_parcel final : public remote_parcel {
public:
  /// prefix: see prefix_of. size: of the request behind it, in bytes. outbox: is told that it has ended, as a batch of
  /// this pool; outlives this.
  relayed_parcel(std::shared_ptr<completion> home, std::string_view verb, const batch_head& batch,
                 const std::shared_ptr<arena>& memory, const detail::bytes& prefix, std::size_t size,
                 rank_outbox& outbox, std::uint32_t pool)
      : remote_parcel(std::move(home), verb, batch.first, memory, prefix, prefix.size() + message_alignment + size,
                      batch.at_a_time),
        number_(batch.number), arrived_(std::chrono::steady_clock::now()), outbox_(outbox), pool_(pool) {
    auto& request = request_to_fill();
    request.align(message_alignment);
    request_at_ = request.extend(size);
    added(batch.items);
  }

  /// Where the program's request is to lie.
  [[nodiscard]] std::byte* request_at() const noexcept { return request_at_; }
  /// Whether the local pool has ended items that a worker was at. Once it has been answered.
  [[nodiscard]] bool lost_some() const noexcept { return lost_some_; }

  using remote_parcel::all_failed_by;

  /// What has become of it, once it is home. where: what errors are to say of this rank.
  static rank_message answer(const std::shared_ptr<relayed_parcel>& of, const std::string& where) {
    const std::chrono::nanoseconds held = std::chrono::steady_clock::now() - of->arrived_;
    answer_head head{of->number_, of->home().pace().count(), held.count(), {}};
    const auto pieces = std::make_shared<std::vector<piece>>(of->take_pieces());
    std::vector<rank_message::part> body;
    for (auto& each : *pieces) {
      head.pieces.push_back({each.items.begin, each.items.end, piece_kind::records});
      if (each.error == call_was_abandoned())
        head.pieces.back().kind = piece_kind::abandoned;
      else if (each.error) {
        of->lost_some_ = true;
        each.copy = failure_record(with_place(each.error, where));
        body.push_back({each.copy, pieces});
      } else
        body.push_back({each.records, pieces});
    }
    auto made = rank_message::of(rank_message_kind::answer, of->pool_, head);
    made.body = std::move(body);
    return made;
  }

private:
  // What the local engine says of a worker is to say, too, where that was.
  static std::exception_ptr with_place(const std::exception_ptr& why, const std::string& where) {
    try {
      std::rethrow_exception(why);
    } catch (const worker_died& e) {
      return std::make_exception_ptr(worker_died(e.what() + where, e.item(), e.pid(), e.signal(), e.exit_status()));
    } catch (const task_timed_out& e) {
      return std::make_exception_ptr(task_timed_out(e.what() + where, e.item()));
    } catch (const start_failed& e) {
      return std::make_exception_ptr(start_failed(e.what() + where));
    } catch (...) {
      return why;
    }
  }
  static detail::bytes failure_record(const std::exception_ptr& why) {
    auto said = encoded(why);
    const record header{record_kind::failure, 1, said.size()};
    const auto* const at = reinterpret_cast<const std::byte*>(&header);
    said.insert(said.begin(), at, at + sizeof header);
    return said;
  }

  void came_home() override {
    remote_parcel::came_home();
    outbox_.batch_ended(pool_, number_); // with an engine's lock held
  }

  std::uint64_t number_;
  std::chrono::steady_clock::time_point arrived_;
  rank_outbox& outbox_;
  std::uint32_t pool_;
  std::byte* request_at_ = nullptr;
  bool lost_some_ = false;
};

// ---- exit functions ----

/// The program's exit function: what it returned is kept as the worker said it.
class relayed_exit final : public remote_exit {
public:
  /// first_worker: the number that this rank's first one has in the pool.
  relayed_exit(const std::shared_ptr<arena>& memory, const std::vector<moved_broadcast>& moved, std::size_t size,
               int first_worker)
      : remote_exit(memory), first_worker_(first_worker) {
    if (!moved.empty())
      write_moved(function_, static_cast<exit_entry>(run_relayed_exit), moved);
    function_at_ = function_.extend(size);
  }

  /// Where the program's function is to lie.
  [[nodiscard]] std::byte* function_at() const noexcept { return function_at_; }

  void answered(int worker, byte_view answer) override {
    const std::lock_guard lock(mutex_);
    const auto* const at = reinterpret_cast<const std::uint8_t*>(answer.data());
    said_.push_back({first_worker_ + worker, true, {at, at + answer.size()}});
  }
  void failed(int worker, const std::exception_ptr& why) override {
    const auto said = encoded(why);
    const std::lock_guard lock(mutex_);
    const auto* const at = reinterpret_cast<const std::uint8_t*>(said.data());
    said_.push_back({first_worker_ + worker, false, {at, at + said.size()}});
  }
  void finish() override {}

  /// When all workers have ended.
  std::vector<exited_worker> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(said_, {});
  }

private:
  const int first_worker_;
  std::byte* function_at_ = nullptr;
  std::mutex mutex_;
  std::vector<exited_worker> said_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
