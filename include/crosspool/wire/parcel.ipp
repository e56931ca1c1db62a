// What of wire/parcel.hpp depends on no type of the user's.
#ifndef CROSSPOOL_WIRE_PARCEL_IPP
#define CROSSPOOL_WIRE_PARCEL_IPP

#include <crosspool/bytes/exceptions.hpp>
#include <crosspool/wire/parcel.hpp>

#include <algorithm>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto read_block::operator=(read_block&& other) noexcept -> read_block& {
  std::swap(memory_, other.memory_);
  std::swap(block_, other.block_);
  return *this;
}

CROSSPOOL_INLINE read_block::~read_block() {
  if (block_ != nullptr && memory_->is_mine())
    block_->free.store(1, std::memory_order_release);
}

CROSSPOOL_INLINE remote_parcel::remote_parcel(std::shared_ptr<completion> home, std::string_view verb,
                                              std::size_t first, const std::shared_ptr<arena>& memory,
                                              const detail::bytes& head, std::size_t expected, std::uint32_t at_a_time)
    : parcel(std::move(home), verb, first), at_a_time_(at_a_time),
      request_(std::make_shared<arena_buffer>(memory, expected)) {
  request_->write(head.data(), head.size());
}

CROSSPOOL_INLINE remote_parcel::~remote_parcel() = default;

CROSSPOOL_INLINE void remote_parcel::answer(item_range items, byte_view records, read_block block) {
  answer(items, records, std::move(block), [] { return true; });
}

CROSSPOOL_INLINE void remote_parcel::fail(item_range items, const std::exception_ptr& why) {
  home().item_failed();
  for (auto i = items.begin; i != items.end; ++i)
    keep({{i, i + 1}, {}, {}, {}, why}, 1);
}

CROSSPOOL_INLINE bool remote_parcel::may_retry(std::uint32_t item) {
  const auto most = home().limits().retries;
  if (most == 0)
    return false;
  for (auto& [index, times] : retried_)
    if (index == item) {
      const bool once_more = times < most;
      times += once_more ? 1 : 0;
      return once_more;
    }
  retried_.emplace_back(item, 1);
  return true;
}

CROSSPOOL_INLINE bool remote_parcel::all_failed_by(const std::exception_ptr& why) const {
  return std::ranges::all_of(pieces_, [&](const piece& each) { return each.error == why; });
}

CROSSPOOL_INLINE std::vector<remote_parcel::piece> remote_parcel::take_pieces() {
  auto pieces = std::exchange(pieces_, {});
  std::sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) { return a.items.begin < b.items.begin; });
  return pieces;
}

CROSSPOOL_INLINE void remote_parcel::take_records(record_decoder& to) {
  for (auto& each : take_pieces())
    if (each.error)
      to.failed(std::move(each.error));
    else
      read_records(each.records, each.items.size(), to);
}

CROSSPOOL_INLINE void remote_parcel::read_records(byte_view records, std::uint32_t items, record_decoder& to) {
  reply_reader reader(records);
  for (auto left = items; left != 0 && !to.settled();) {
    auto n = left; // of which nothing can be had if the next record cannot
    try {
      const auto [kind, count, payload] = reader.next();
      n = count < left ? count : left;
      auto view = payload;
      if (kind == record_kind::failure)
        to.failed(decode_exception(view));
      else if (kind == record_kind::item)
        to.item(view);
      else
        to.values(view, n);
    } catch (...) {
      for (std::uint32_t i = 0; i != n; ++i)
        to.failed(std::current_exception());
    }
    left -= n;
  }
}

CROSSPOOL_INLINE void record_decoder::refuse() {
  throw error("crosspool: a worker's reply makes no sense");
}

CROSSPOOL_INLINE void remote_parcel::keep(piece&& made, std::size_t failed) {
  ended_ += made.items.size();
  result_bytes_ += made.records.size();
  home().ended(made.items.size(), failed);
  pieces_.push_back(std::move(made));
  if (ended_ == size()) {
    request_.reset();
    came_home();
  }
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
