// A call's items on their way to worker processes, as the engine sees them: a request, and what has become of each
// item.
#ifndef CROSSPOOL_WIRE_PARCEL_HPP
#define CROSSPOOL_WIRE_PARCEL_HPP

#include <crosspool/calls/completion.hpp>
#include <crosspool/error.hpp>
#include <crosspool/wire/arena.hpp>
#include <crosspool/wire/queue.hpp>
#include <crosspool/wire/replies.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// Lets the worker use a reply block again, when what refers to it is done.
class read_block {
public:
  read_block() = default;
  read_block(std::shared_ptr<shared_memory> memory, reply_block& block) : memory_(std::move(memory)), block_(&block) {}
  /// What is no worker's block is kept itself.
  explicit read_block(const std::shared_ptr<const void>& kept) : memory_(kept, nullptr) {}
  read_block(read_block&& other) noexcept
      : memory_(std::move(other.memory_)), block_(std::exchange(other.block_, nullptr)) {}
  read_block& operator=(read_block&& other) noexcept;
  ~read_block();

private:
  std::shared_ptr<shared_memory> memory_;
  reply_block* block_ = nullptr;
};

/// Who makes values of the records in a parcel's replies.
class record_decoder : not_copied {
public:
  /// Whether it is no use to go on.
  [[nodiscard]] virtual bool settled() const noexcept = 0;
  virtual void failed(std::exception_ptr error) = 0;
  /// These throw what makes all items of the record fail: one that is encoded, or the bytes of so many plain ones.
  virtual void item(byte_view from) = 0;
  virtual void values(byte_view from, std::uint32_t count) = 0;

protected:
  ~record_decoder() = default;
  [[noreturn]] static void refuse();
};

/// A parcel for a worker process, as the engine sees it: a request, and what has become of its items.
class remote_parcel : public parcel {
public:
  /// head: the function; at the front of the request. expected: bytes. at_a_time: items that a worker is to claim
  /// together; 0: as it likes.
  remote_parcel(std::shared_ptr<completion> home, std::string_view verb, std::size_t first,
                const std::shared_ptr<arena>& memory, const detail::bytes& head, std::size_t expected,
                std::uint32_t at_a_time);
  CROSSPOOL_INLINE ~remote_parcel() override;

  /// Where its request is in the arena. Until all items have ended.
  [[nodiscard]] const arena_buffer& request() const noexcept { return *request_; }
  /// The same, for who still reads it when they have.
  [[nodiscard]] std::shared_ptr<const arena_buffer> shared_request() const noexcept { return request_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return request_->size(); }
  [[nodiscard]] std::uint32_t at_a_time() const noexcept { return at_a_time_; }
  /// Of all replies, in bytes. Once it is home.
  [[nodiscard]] std::size_t result_bytes() const noexcept { return result_bytes_; }

  /// Until then, what its request refers to is kept, too.
  void keep(const std::shared_ptr<const void>& referred) { request_->keep(referred); }

  /// The records of these items, which are next in the order of an earlier item or of none. Throws crosspool::error if
  /// they are not just that; nothing is kept then. The block they are in is kept if large, else copied and let go.
  void answer(item_range items, byte_view records, read_block block);
  /// is_unspoilt: asked when they have been read.
  template <std::predicate IsUnspoilt>
  void answer(item_range items, byte_view records, read_block block, IsUnspoilt is_unspoilt) {
    reply_reader reader(records);
    std::size_t failed = 0;
    for (auto left = items.size(); left != 0;) {
      const auto [kind, count, payload] = reader.next();
      failed += kind == record_kind::failure ? 1 : 0;
      left -= count < left ? count : left;
    }
    piece made{items, records, {}, {}, nullptr};
    if (records.size() < worth_referring) {
      made.copy.assign(records.begin(), records.end());
      made.records = made.copy;
    } else
      made.block = std::move(block);
    if (!is_unspoilt())
      throw error("crosspool: a worker's replies have been written over");
    if (failed != 0)
      home().item_failed();
    keep(std::move(made), failed);
  }

  /// Whether an item that was lost with its worker may be run once more. Counts.
  [[nodiscard]] bool may_retry(std::uint32_t item);

  /// These items end with why.
  void fail(item_range items, const std::exception_ptr& why);
  /// All of them, before any has ended otherwise.
  void fail(const std::exception_ptr& why) { fail({0, static_cast<std::uint32_t>(size())}, why); }

protected:
  struct piece {
    item_range items;
    byte_view records;
    detail::bytes copy; // of them
    read_block block;   // or where they are
    std::exception_ptr error;
  };

  [[nodiscard]] bool all_failed_by(const std::exception_ptr& why) const;
  /// What has become of the items, in their order. Once it is home, once.
  [[nodiscard]] std::vector<piece> take_pieces();
  /// The same, record by record.
  void take_records(record_decoder& to);
  message_buffer& request_to_fill() noexcept { return *request_; }

private:
  static constexpr std::size_t worth_referring = std::size_t{1} << 14U;

  void keep(piece&& made, std::size_t failed);
  static void read_records(byte_view records, std::uint32_t items, record_decoder& to);

  std::uint32_t at_a_time_;
  std::shared_ptr<arena_buffer> request_;
  std::vector<piece> pieces_;
  std::size_t ended_ = 0;
  std::size_t result_bytes_ = 0;
  std::vector<std::pair<std::uint32_t, unsigned>> retried_; // items, and how often
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/parcel.ipp>
#endif

#endif
