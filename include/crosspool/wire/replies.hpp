// What became of items, as a worker writes it into its reply blocks and as the program reads it there. A block is a
// row of records: a run of plain values, one item of any other kind, or the exception that an item threw. After each
// item the block's count of published items grows, so that what is finished is not lost with the worker.
#ifndef CROSSPOOL_WIRE_REPLIES_HPP
#define CROSSPOOL_WIRE_REPLIES_HPP

#include <crosspool/bytes/codec.hpp>
#include <crosspool/bytes/exceptions.hpp>
#include <crosspool/rng.hpp>
#include <crosspool/wire/worker_queue.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <variant>

namespace CROSSPOOL_NAMESPACE::detail {

// Values that take the same number of bytes each, and lie in a row; bool as a byte that is checked.
template <class T>
inline constexpr bool has_fixed_size = (block<T> && !is_large<T>) || std::is_same_v<T, bool> ||
                                       std::is_same_v<T, std::monostate>;
template <class T> inline constexpr std::size_t fixed_size = std::is_same_v<T, std::monostate> ? 0 : sizeof(T);

template <class T> void put_fixed(std::byte* to, const T& value) {
  if constexpr (std::is_same_v<T, bool>)
    *to = std::byte{value};
  else if constexpr (fixed_size<T> != 0)
    std::memcpy(to, std::addressof(value), sizeof value);
}
template <class T> T take_fixed(const std::byte* from) {
  if constexpr (std::is_same_v<T, std::monostate>)
    return T{};
  else if constexpr (std::is_same_v<T, bool>)
    return *from != std::byte{0};
  else {
    struct raw {
      std::byte bytes[sizeof(T)];
    } value;
    std::memcpy(&value, from, sizeof value);
    return std::bit_cast<T>(value);
  }
}

enum class record_kind : std::uint32_t {
  values, // `count` values of fixed size
  item,   // one value, encoded
  failure // one exception, encoded
};

struct record {
  record_kind kind;
  std::uint32_t count;
  std::uint64_t size; // bytes that follow
};
static_assert(sizeof(record) % message_alignment == 0);

/// Writes the replies to the items of one slot.
class reply_writer final : public message_buffer {
public:
  explicit reply_writer(worker_queue& queue, std::size_t expected) : queue_(queue), expected_(expected) {}

  /// The outcomes of the next count items: what produce(i) returns for i = 0, 1, …, values of type R, or the exceptions
  /// that it throws. first: index of the first of them in the call.
  template <class R, std::invocable<std::size_t> Produce>
    requires has_fixed_size<R>
  void add_values(std::size_t count, Produce produce, std::uint64_t first = 0) {
    for (std::size_t done = 0; done != count;) {
      const auto begin = done;
      try {
        const auto n = std::min(count - done, places_in_run(fixed_size<R>));
        auto* at = data_ + size_;
        auto& published = block_->published;
        if (const auto origin = first + done - published_; origin != origin_)
          at_hand.count_by(published, origin_ = origin);
        for (auto so_far = published_; done != begin + n; ++done, at += fixed_size<R>) {
          const R value = produce(done);
          detail::put_fixed(at, value);
          published.store(++so_far, std::memory_order_release);
        }
      } catch (...) {
        settle_run(done - begin, fixed_size<R>);
        add_current_exception();
        ++done;
        continue;
      }
      settle_run(done - begin, fixed_size<R>);
    }
  }
  /// The outcome of the next item: what produce(message_buffer&) appends, or the exception that it throws.
  template <std::invocable<message_buffer&> Produce> void add_encoded(Produce produce) {
    try {
      begin(record_kind::item);
      produce(static_cast<message_buffer&>(*this));
    } catch (...) {
      return add_current_exception();
    }
    end();
  }

  /// Items so far.
  [[nodiscard]] std::size_t added() const noexcept { return added_; }
  /// Bytes so far: what to expect of a slot like this.
  [[nodiscard]] std::size_t written() const noexcept { return finished_ + size_; }

private:
  static constexpr std::size_t nowhere = ~std::size_t{0};
  static constexpr record open_run{record_kind::values, ~std::uint32_t{0}, ~std::uint64_t{0}};

  void add_current_exception();

  void begin(record_kind kind);
  void end();

  // Opens a run of values of this size, or goes on with it. Returns how many it has room for. Until it is settled, only
  // the number of published items says how long it is.
  std::size_t places_in_run(std::size_t size);
  void settle_run(std::size_t count, std::size_t size);
  void write_run_header(const record& header) { std::memcpy(data_ + run_, &header, sizeof header); }

  void publish();

  // A new block, with what there is of the record that is being written.
  CROSSPOOL_INLINE void grow(std::size_t more) override;

  static constexpr std::size_t most_ahead = std::size_t{1} << 20U;

  worker_queue& queue_;
  std::size_t expected_;
  reply_block* block_ = nullptr;
  reply_block* previous_ = nullptr;          // that goes on with block_
  std::size_t start_ = nowhere;              // of the record that is being written, if it is not a run
  record begun_{};                           // what it begins with so far
  std::size_t run_ = nowhere;                // the run of values that goes on
  std::uint32_t run_count_ = 0;              // values in it
  std::uint32_t published_ = 0;              // in block_
  std::uint64_t origin_ = ~std::uint64_t{0}; // of the items counted in block_: index in the call of its first, if known
  std::size_t added_ = 0;
  std::size_t finished_ = 0; // bytes in earlier blocks
};

/// Reads the records in the bytes of a block. Throws crosspool::error where there is none.
class reply_reader {
public:
  explicit reply_reader(byte_view from) : from_(from) {}

  struct found {
    record_kind kind;
    std::uint32_t count;
    byte_view payload;
  };
  found next();

private:
  byte_view from_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/replies.ipp>
#endif

#endif
