// The values that a pool has broadcast, as its ranks know them: one is sent to a rank before the first request there
// that refers to it, and forgotten when nobody can ask for it any more.
#ifndef CROSSPOOL_RANKS_SENT_BROADCASTS_HPP
#define CROSSPOOL_RANKS_SENT_BROADCASTS_HPP

#include <crosspool/ranks/message.hpp>
#include <crosspool/wire/broadcast_message.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// Whoever holds the engine's lock works on it.
class sent_broadcasts {
public:
  /// outgoing: where it puts what the ranks are to be told.
  sent_broadcasts(std::size_t ranks, outgoing_messages& outgoing) : knows_(ranks), outgoing_(outgoing) {}

  /// From now on requests may refer to it. Who owns what this returns has a handle of the value.
  std::shared_ptr<const broadcast_message> add(std::unique_ptr<const broadcast_message> made);

  /// Those among what a request refers to, by their numbers; the rank is told first what it does not know.
  std::vector<std::uint64_t> send(std::size_t rank, const std::vector<std::shared_ptr<const void>>& referred);

  /// Has ranks forget what nobody can ask for any more.
  void forget_gone();

private:
  // Numbers of values that nobody can ask for any more. Told by who lets the last handle go, whatever locks that holds.
  class gone_numbers {
  public:
    void add(std::uint64_t number) {
      const std::lock_guard lock(mutex_);
      numbers_.push_back(number);
    }
    std::vector<std::uint64_t> take() {
      const std::lock_guard lock(mutex_);
      return std::exchange(numbers_, {});
    }

  private:
    std::mutex mutex_;
    std::vector<std::uint64_t> numbers_;
  };

  std::map<const void*, std::weak_ptr<const broadcast_message>> messages_; // by where they are
  std::vector<std::set<std::uint64_t>> knows_;                             // each rank, by their numbers
  const std::shared_ptr<gone_numbers> gone_ = std::make_shared<gone_numbers>();
  outgoing_messages& outgoing_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/ranks/sent_broadcasts.ipp>
#endif

#endif
