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

namespace crosspool::detail {

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

  void add_current_exception() {
    queue_.note_failure();
    if (start_ != nowhere)
      shrink_to(start_);
    begin(record_kind::failure);
    encode_current_exception(*this);
    end();
  }

  void begin(record_kind kind) {
    run_ = nowhere;
    align(message_alignment);
    start_ = size_;
    begun_ = {kind, 1, 0};
    write(&begun_, sizeof begun_);
  }
  void end() {
    if (std::memcmp(data_ + start_, &begun_, sizeof begun_) != 0)
      queue_.give_up();
    const std::uint64_t size = size_ - start_ - sizeof(record);
    std::memcpy(data_ + start_ + offsetof(record, size), &size, sizeof size);
    start_ = nowhere;
    publish();
  }

  // Opens a run of values of this size, or goes on with it. Returns how many it has room for. Until it is settled, only
  // the number of published items says how long it is.
  std::size_t places_in_run(std::size_t size) {
    if (run_ == nowhere || capacity_ - size_ < size) {
      if (run_ != nowhere || capacity_ - size_ < message_alignment + sizeof(record) + size)
        grow(message_alignment + sizeof(record) + size);
      align(message_alignment);
      run_ = size_;
      run_count_ = 0;
      extend(sizeof(record));
    }
    write_run_header(open_run);
    block_->used.store(capacity_, std::memory_order_relaxed);
    constexpr auto most = std::size_t{1} << 20U;
    return size == 0 ? most : std::min((capacity_ - size_) / size, most);
  }
  void settle_run(std::size_t count, std::size_t size) {
    if (run_ == nowhere)
      return;
    if (std::memcmp(data_ + run_, &open_run, sizeof open_run) != 0)
      queue_.give_up();
    size_ += count * size;
    added_ += count;
    published_ += static_cast<std::uint32_t>(count);
    run_count_ += static_cast<std::uint32_t>(count);
    write_run_header({record_kind::values, run_count_, size_ - run_ - sizeof(record)});
    block_->used.store(size_, std::memory_order_relaxed);
    if (run_count_ == 0) { // what comes in its place is no run
      size_ = run_;
      run_ = nowhere;
    }
  }
  void write_run_header(const record& header) { std::memcpy(data_ + run_, &header, sizeof header); }

  void publish() {
    ++added_;
    block_->used.store(size_, std::memory_order_relaxed);
    block_->published.store(++published_, std::memory_order_release);
  }

  // A new block, with what there is of the record that is being written.
  void grow(std::size_t more) override {
    const auto begun = start_ == nowhere ? 0 : size_ - start_;
    auto size = begun + more < expected_ ? expected_ : begun + more;
    size = size < 2 * capacity_ && 2 * capacity_ < most_ahead ? 2 * capacity_ : size;
    auto& next = queue_.take_block(size);
    if (begun != 0)
      std::memcpy(next.data(), data_ + start_, begun);
    const bool in_place_of_this = block_ != nullptr && published_ == 0; // nothing in it is of use
    if (!in_place_of_this)
      previous_ = block_;
    if (previous_ == nullptr)
      queue_.set_replies(next);
    else
      previous_->next.store(queue_.offset_of(next), std::memory_order_release);
    if (in_place_of_this)
      block_->free.store(1, std::memory_order_release);
    finished_ += size_ - begun;
    block_ = &next;
    data_ = next.data();
    size_ = begun;
    capacity_ = next.capacity;
    start_ = start_ == nowhere ? nowhere : 0;
    run_ = nowhere;
    published_ = 0;
    origin_ = ~std::uint64_t{0};
  }

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
  found next() {
    input_archive reader(from_);
    reader.align(message_alignment);
    record header{};
    reader.read(&header, sizeof header);
    if (header.kind > record_kind::failure || header.count == 0 ||
        (header.kind != record_kind::values && header.count != 1))
      throw error("crosspool: a worker's reply makes no sense");
    // A run that was being written when the worker ended may say more than was published.
    const bool cut = header.kind == record_kind::values && header.size > reader.remaining();
    const auto payload = reader.skip(cut ? reader.remaining() : header.size);
    from_ = from_.subspan(reader.position());
    return {header.kind, header.count, payload};
  }

private:
  byte_view from_;
};

} // namespace crosspool::detail

#endif
