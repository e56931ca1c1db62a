// A call whose caller waits for it, and may want to be told how far it is: what of that depends on no result.
#ifndef CROSSPOOL_CALLS_AWAITED_CALL_HPP
#define CROSSPOOL_CALLS_AWAITED_CALL_HPP

#include <crosspool/calls/completion.hpp>
#include <crosspool/progress.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

/// Used by the one thread that adds parcels and waits.
class awaited_call : public collector {
public:
  explicit awaited_call(std::shared_ptr<completion> home) : home_(std::move(home)) {}
  CROSSPOOL_INLINE ~awaited_call() override;

  [[nodiscard]] const std::shared_ptr<completion>& home() const noexcept { return home_; }

  /// f is to be told of the call's progress, by who waits for it. Before parcels are added.
  void report_to(const std::function<void(const progress&)>& f);
  /// Tells it, if it is time to. Throws what it throws.
  void report();
  /// How many items there will be in all.
  void expect_in_all(std::size_t items) noexcept { total_ = items; }
  [[nodiscard]] const std::optional<std::size_t>& expected() const noexcept { return total_; }

  void collect() override {}

  /// Waits until all parcels are home; collects and reports meanwhile. What report() throws comes when nothing of the
  /// call runs any more: the caller's objects may be in use.
  void wait();
  /// The last that is told: how it ended.
  void report_end(std::size_t items, std::size_t failed);
  /// Throws cancelled if the call was; stopped: also if it was stopped.
  void demand_not_cancelled(bool stopped) const;
  /// What items end with that were not sent, as the call was over or the pool was terminated.
  [[nodiscard]] std::exception_ptr why_not_sent() const;

protected:
  struct items_so_far {
    std::size_t ended, failed;
  };
  [[nodiscard]] CROSSPOOL_INLINE virtual items_so_far count() const;

private:
  std::shared_ptr<completion> home_;
  std::optional<std::size_t> total_;
  std::optional<progress_reporter> reporter_;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/calls/awaited_call.ipp>
#endif

#endif
