// What of ranks/sent_broadcasts.hpp depends on no type of the user's.
#ifndef CROSSPOOL_RANKS_SENT_BROADCASTS_IPP
#define CROSSPOOL_RANKS_SENT_BROADCASTS_IPP

#include <crosspool/ranks/sent_broadcasts.hpp>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto sent_broadcasts::add(std::unique_ptr<const broadcast_message> made)
    -> std::shared_ptr<const broadcast_message> {
  const auto number = made->place().number;
  const std::shared_ptr<const broadcast_message> message(made.release(),
                                                         [number, to = gone_](const broadcast_message* gone) {
                                                           delete gone;
                                                           to->add(number);
                                                         });
  messages_.insert_or_assign(message.get(), message);
  return message;
}

CROSSPOOL_INLINE auto sent_broadcasts::send(std::size_t rank, const std::vector<std::shared_ptr<const void>>& referred)
    -> std::vector<std::uint64_t> {
  std::vector<std::uint64_t> numbers;
  if (messages_.empty())
    return numbers;
  for (const auto& each : referred) {
    const auto found = messages_.find(each.get());
    if (found == messages_.end())
      continue;
    const auto message = found->second.lock();
    if (!message)
      continue;
    const auto number = message->place().number;
    numbers.push_back(number);
    if (!knows_[rank].insert(number).second)
      continue;
    auto value = rank_message::of(rank_message_kind::broadcast, 0, number);
    value.body.push_back({message->bytes(), message});
    outgoing_.emplace_back(rank, std::move(value));
  }
  return numbers;
}

CROSSPOOL_INLINE void sent_broadcasts::forget_gone() {
  const auto gone = gone_->take();
  if (gone.empty())
    return;
  std::erase_if(messages_, [](const auto& each) { return each.second.expired(); });
  for (std::size_t rank = 0; rank < knows_.size(); ++rank)
    for (const auto number : gone)
      if (knows_[rank].erase(number) != 0)
        post(outgoing_, rank, rank_message_kind::forget, number);
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
