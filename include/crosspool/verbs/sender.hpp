// Packs the items of a call into parcels, and submits these.
#ifndef CROSSPOOL_VERBS_SENDER_HPP
#define CROSSPOOL_VERBS_SENDER_HPP

#include <crosspool/calls/completion.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/verbs/items.hpp>

#include <cstddef>
#include <memory>
#include <ranges>
#include <string_view>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

template <class... Size> std::size_t smallest(std::size_t first, Size... others) {
  ((first = others < first ? others : first), ...);
  return first;
}

template <class... Ranges> std::size_t common_size(Ranges&... ranges) {
  if constexpr ((std::ranges::sized_range<Ranges> && ...))
    return smallest(static_cast<std::size_t>(std::ranges::size(ranges))...);
  else
    return unknown_length;
}

// Hands the items of one call to the engine, parcel by parcel.
template <class Task, class Engine, class Call> class sender : not_copied {
public:
  using parcel_type = typename Task::parcel_type;

  sender(Engine& engine, Call& call, const Task& task, std::string_view verb, std::size_t chunksize, std::size_t total,
         bool waits)
      : engine_(engine), call_(call), task_(task), verb_(verb), chunksize_(chunksize),
        sizes_(engine.parcel_sizes(chunksize, total)), waits_(waits), stopped_(call.home()->abandoned()) {
    engine_.begin_call();
  }
  ~sender() { engine_.end_call(); }

  /// Whether it is no use to add more: the pool has been terminated, or the call is over.
  [[nodiscard]] bool stopped() const noexcept { return stopped_; }

  template <class... Items> void add(Items&&... items) {
    start();
    parcel_->add(std::forward<Items>(items)...);
    if (full())
      send();
  }
  /// Items in a row, of which each takes sizeof(T) bytes: as many at a time as the parcel has room for.
  template <class T> void add_run(const T* items, std::size_t count) {
    while (count != 0 && !stopped_) {
      start();
      const auto n = smallest(count, room(sizeof(T)));
      parcel_->add_run(items, n);
      items += n;
      count -= n;
      if (full())
        send();
    }
  }

  /// No more items: sends the rest.
  void finish() {
    if (parcel_)
      send();
    call_.sent_all(sent_);
    call_.home()->seal();
  }

  /// After an exception: waits for what has been sent and refers to the caller's objects.
  void give_up() {
    call_.home()->abandon();
    call_.home()->seal();
    call_.home()->wait();
  }

private:
  void start() {
    if (parcel_)
      return;
    parcel_ = engine_.start_parcel(task_, call_.home(), verb_, sent_, chunksize_, bytes_);
    size_ = sizes_.next(*call_.home(), sent_);
  }

  // Its bytes cut a parcel short only where a chunk ends.
  [[nodiscard]] bool full() const {
    return parcel_->size() >= size_ ||
           (parcel_->bytes() >= Engine::parcel_bytes && (chunksize_ == 0 || parcel_->size() % chunksize_ == 0));
  }
  // How many more items of so many bytes make the parcel full, which it is not yet.
  [[nodiscard]] std::size_t room(std::size_t item_size) const {
    const auto used = parcel_->bytes(), left = used < Engine::parcel_bytes ? Engine::parcel_bytes - used : 1;
    const auto fit = (left + item_size - 1) / item_size;
    const auto begun = chunksize_ == 0 ? 0 : (parcel_->size() + fit) % chunksize_;
    return smallest(size_ - parcel_->size(), begun == 0 ? fit : fit + (chunksize_ - begun));
  }

  void send() {
    bytes_ = parcel_->bytes();
    sent_ += parcel_->size();
    call_.add(parcel_);
    call_.home()->add();
    stopped_ = !engine_.submit(std::exchange(parcel_, nullptr), waits_ ? &call_ : nullptr);
    if (waits_)
      call_.report();
  }

  Engine& engine_;
  Call& call_;
  const Task& task_;
  std::string_view verb_;
  std::size_t chunksize_;
  decltype(std::declval<Engine&>().parcel_sizes(0, 0)) sizes_;
  bool waits_;
  std::shared_ptr<parcel_type> parcel_;
  std::size_t size_ = 0;  // at which it is sent
  std::size_t bytes_ = 0; // of the parcel before
  std::size_t sent_ = 0;
  bool stopped_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
