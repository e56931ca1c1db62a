// What of wire/replies.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_REPLIES_IPP
#define CROSSPOOL_WIRE_REPLIES_IPP

#include <crosspool/wire/replies.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE void reply_writer::add_current_exception() {
  queue_.note_failure();
  if (start_ != nowhere)
    shrink_to(start_);
  begin(record_kind::failure);
  encode_current_exception(*this);
  end();
}

CROSSPOOL_INLINE void reply_writer::begin(record_kind kind) {
  run_ = nowhere;
  align(message_alignment);
  start_ = size_;
  begun_ = {kind, 1, 0};
  write(&begun_, sizeof begun_);
}

CROSSPOOL_INLINE void reply_writer::end() {
  if (std::memcmp(data_ + start_, &begun_, sizeof begun_) != 0)
    queue_.give_up();
  const std::uint64_t size = size_ - start_ - sizeof(record);
  std::memcpy(data_ + start_ + offsetof(record, size), &size, sizeof size);
  start_ = nowhere;
  publish();
}

CROSSPOOL_INLINE std::size_t reply_writer::places_in_run(std::size_t size) {
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

CROSSPOOL_INLINE void reply_writer::settle_run(std::size_t count, std::size_t size) {
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

CROSSPOOL_INLINE void reply_writer::publish() {
  ++added_;
  block_->used.store(size_, std::memory_order_relaxed);
  block_->published.store(++published_, std::memory_order_release);
}

CROSSPOOL_INLINE void reply_writer::grow(std::size_t more) {
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

CROSSPOOL_INLINE auto reply_reader::next() -> found {
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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
