// A value that goes to each worker once, however many tasks read it, and the handle that crosses in its stead. Where
// the value lies, the engine says: one object for threads, a message that all workers can read for processes.
#ifndef CROSSPOOL_BROADCAST_HPP
#define CROSSPOOL_BROADCAST_HPP

#include <crosspool/bytes/codec.hpp>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

/// A message among those of one pool: no two that any program has ever broadcast are equal.
struct broadcast_place {
  std::uint64_t number;
  std::uint64_t made; // when, in nanoseconds
  std::uint64_t offset;
  std::uint64_t size; // in bytes
  bool operator==(const broadcast_place&) const = default;
};

/// What a worker process has read of what its pool has broadcast. One thread.
class received_broadcasts {
public:
  received_broadcasts() = default;
  received_broadcasts(const received_broadcasts&) = delete;
  received_broadcasts& operator=(const received_broadcasts&) = delete;

  /// Throws crosspool::error if there is no such message, and what decoding it throws.
  template <class T> std::shared_ptr<const T> get(const broadcast_place& place) {
    for (const auto& each : read_)
      if (each.place == place)
        return std::static_pointer_cast<const T>(each.value);
    auto message = look(place);
    if (message.empty())
      throw error("crosspool: this value was broadcast by another pool, or nobody has its handle any more");
    std::shared_ptr<const T> value(new T(decode<T>(message)));
    std::erase_if(read_, [&](const auto& each) { return look(each.place).empty(); });
    read_.push_back({place, value});
    return value;
  }

protected:
  ~received_broadcasts() = default;
  /// Empty if it is not there, or not any more.
  virtual byte_view look(const broadcast_place& place) = 0;

private:
  struct entry {
    broadcast_place place;
    std::shared_ptr<const void> value;
  };
  std::vector<entry> read_; // as long as the program has a handle, or longer, until the next is read
};

/// Of the worker that this thread is; null if that has none. A worker process has one such thread.
constinit inline thread_local received_broadcasts* broadcasts_here = nullptr;

} // namespace detail

/// The handle that pool.broadcast() gives: to be an argument of tasks, a member of a function object, or bound by
/// bind(f, handle). In the pool's workers, *handle and handle-> are the value; they throw crosspool::error elsewhere,
/// but with threads. Where it is sent to workers of another pool, the item ends with crosspool::error. Copies refer to
/// the same value, which is kept until the last of them and the last call that was given one has ended.
template <class T> class broadcasted {
public:
  /// Refers to nothing.
  broadcasted() = default;
  /// Of an engine: where all threads see it.
  explicit broadcasted(std::shared_ptr<const T> value) : value_(std::move(value)) {}
  /// Of an engine: where workers find it, and what keeps it there.
  broadcasted(const detail::broadcast_place& place, std::shared_ptr<const void> message)
      : place_(place), message_(std::move(message)) {}

  const T& operator*() const { return *demand(); }
  const T* operator->() const { return demand(); }

  // By which it crosses.
  void save(output_archive& to) const
    requires crossable<T>
  {
    if (!message_)
      throw error("crosspool: a broadcast value's handle can be sent by the program that has it from a process pool");
    to.keep(message_);
    to(place_);
  }
  void load(input_archive& from)
    requires crossable<T>
  {
    from(place_);
    message_ = nullptr;
    value_ = detail::broadcasts_here != nullptr ? detail::broadcasts_here->get<T>(place_) : nullptr;
  }

private:
  const T* demand() const {
    if (!value_)
      throw error("crosspool: a broadcast value is read in the workers of the pool that it was given to");
    return value_.get();
  }

  std::shared_ptr<const T> value_; // where it can be read
  detail::broadcast_place place_{};
  std::shared_ptr<const void> message_; // in the program
};

} // namespace CROSSPOOL_NAMESPACE

#endif
