// The program's one thread that talks to the ranks that serve, for all of its pools: it sends what they have to say,
// hands them what has come, looks again for a moment, and then sleeps, ever longer. While nothing can come, it sleeps
// until it is woken.
#ifndef CROSSPOOL_RANKS_SERVICE_HPP
#define CROSSPOOL_RANKS_SERVICE_HPP

#include <crosspool/ranks/message.hpp>

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// A pool of the program, as the service sees it.
class rank_client : public rank_receiver {
public:
  /// Sends what there is to send, as this pool. Whether there was anything.
  virtual bool send(rank_link& to, std::uint32_t number) = 0;
  /// Whether something may come though nothing is sent.
  virtual bool expects_something() = 0;
  /// Nothing will come any more.
  virtual void cut_off() = 0;

protected:
  ~rank_client() = default;
};

/// All public functions are thread-safe.
class rank_service final : public rank_receiver {
public:
  /// ranks: those that serve, which are of this program's build.
  rank_service(std::unique_ptr<rank_link> link, std::vector<serving_rank> ranks)
      : link_(std::move(link)), ranks_(std::move(ranks)) {}
  ~rank_service();

  [[nodiscard]] const std::vector<serving_rank>& ranks() const noexcept { return ranks_; }

  /// Returns the pool's number. Throws start_failed.
  std::uint32_t add(rank_client& client);
  /// The service uses it no more when this returns.
  void remove(std::uint32_t pool);
  /// There is something to send.
  void wake();
  /// Ends the thread, and what pools there are.
  void stop();
  /// The way to the ranks. When the thread has ended.
  [[nodiscard]] rank_link& link() noexcept { return *link_; }

private:
  void start();
  void serve();
  void end_thread();

  // The service does not take the lock again meanwhile.
  class request_to_enter : detail::not_copied {
  public:
    explicit request_to_enter(std::atomic<int>& count) : count_(count) { ++count_; }
    ~request_to_enter() { --count_; }

  private:
    std::atomic<int>& count_;
  };

  CROSSPOOL_INLINE std::byte* place(const arriving_message& message) override;
  CROSSPOOL_INLINE void received(const arriving_message& message) override;

  std::atomic<int> entering_ = 0;
  std::mutex clients_mutex_; // held while the service uses them
  std::unique_ptr<rank_link> link_;
  const std::vector<serving_rank> ranks_;
  std::map<std::uint32_t, rank_client*> clients_;
  std::uint32_t last_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false, stopping_ = false;
  std::thread thread_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/ranks/service.ipp>
#endif

#endif
