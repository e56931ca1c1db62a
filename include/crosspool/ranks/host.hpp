// A rank that serves: for each pool of the program it has a local one, whose engine runs what comes in batches.
// Crashes, deadlines, retries, limits and worker state are that engine's. What it says goes out as messages, whoever
// takes them.
#ifndef CROSSPOOL_RANKS_HOST_HPP
#define CROSSPOOL_RANKS_HOST_HPP

#include <crosspool/ranks/message.hpp>
#include <crosspool/ranks/outbox.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace CROSSPOOL_NAMESPACE::detail {

class hosted_pool;

/// All of the program's pools on this rank. One thread, but for the outbox.
class rank_host final : public rank_receiver {
public:
  explicit rank_host(const serving_rank& self);
  ~rank_host();

  [[nodiscard]] rank_outbox& outbox() noexcept { return outbox_; }
  [[nodiscard]] bool has_ended() const noexcept { return ended_; }

  CROSSPOOL_INLINE std::byte* place(const arriving_message& message) override;
  CROSSPOOL_INLINE void received(const arriving_message& message) override;

  /// Sends what there is to say. Whether there was anything.
  bool send(rank_link& to, int program);

private:
  [[nodiscard]] hosted_pool* find(std::uint32_t pool);
  void received(const arriving_message& message, hosted_pool& pool);

  const std::string where_;
  rank_outbox outbox_;
  std::map<std::uint32_t, std::unique_ptr<hosted_pool>> pools_;
  bytes arrived_;
  bool ended_ = false;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/ranks/host.ipp>
#endif

#endif
