// What the exit functions of a pool's workers have returned.
#ifndef CROSSPOOL_EXIT_RESULTS_HPP
#define CROSSPOOL_EXIT_RESULTS_HPP

#include <crosspool/error.hpp>
#include <crosspool/outcome.hpp>

#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace CROSSPOOL_NAMESPACE {
namespace detail {

/// Where an engine puts them. Thread-safe.
template <class R> class exit_record {
public:
  using encoded = std::vector<std::byte>;

  exit_record() = default;
  /// decode: makes an outcome of an encoded one, in the thread that takes it. Never throws.
  explicit exit_record(outcome<R> (*decode)(const encoded&)) : decode_(decode) {}

  void add(int worker, std::variant<outcome<R>, encoded> of) {
    const std::lock_guard lock(mutex_);
    found_.emplace(worker, std::move(of));
  }
  /// All workers have ended.
  void finish() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }

  std::vector<outcome<R>> take() {
    std::unique_lock lock(mutex_);
    if (!finished_)
      throw error("crosspool: exit results are there when the pool has ended, after join()");
    auto found = std::exchange(found_, {});
    lock.unlock();
    in_order<outcome<R>> all;
    detail::reserve(all, found.size());
    for (auto& [worker, of] : found)
      if (const auto* const message = std::get_if<encoded>(&of))
        all.push_back(decode_(*message));
      else
        all.push_back(std::get<0>(std::move(of)));
    return detail::as_one_vector(std::move(all));
  }

private:
  outcome<R> (*decode_)(const encoded&) = nullptr;
  std::mutex mutex_;
  std::multimap<int, std::variant<outcome<R>, encoded>> found_; // by workers, of each in the order of their coming
  bool finished_ = false;
};

/// An exit function that workers in the program itself run, as the engine sees it.
class local_exit {
public:
  local_exit() = default;
  local_exit(const local_exit&) = delete;
  local_exit& operator=(const local_exit&) = delete;
  virtual ~local_exit() = default;

  /// As this worker. What the function throws is its outcome.
  virtual void run(int worker) = 0;
  /// All workers have ended.
  virtual void finish() = 0;
};

/// One that is called as it is. F: its type. R: of its result, std::monostate for void.
template <class R, class F> class local_exit_of final : public local_exit {
public:
  explicit local_exit_of(F f) : f_(std::move(f)) {}

  [[nodiscard]] const std::shared_ptr<exit_record<R>>& record() const noexcept { return record_; }

  void run(int worker) override { record_->add(worker, outcome_of_call()); }
  void finish() override { record_->finish(); }

private:
  outcome<R> outcome_of_call() {
    try {
      if constexpr (std::is_same_v<R, std::monostate>) {
        std::invoke(f_);
        return R{};
      } else
        return R(std::invoke(f_));
    } catch (...) {
      return failure{std::current_exception()};
    }
  }

  F f_;
  std::shared_ptr<exit_record<R>> record_ = std::make_shared<exit_record<R>>();
};

} // namespace detail

/// What pool.at_exit() gives. It may outlive its pool; copies are of the same results.
template <class R> class exit_results {
public:
  exit_results() = default;
  explicit exit_results(std::shared_ptr<detail::exit_record<R>> record) : record_(std::move(record)) {}

  /// When the pool has ended, as it has after join(), and crosspool::error before: the outcome of each exit function
  /// that was begun, in the order of the workers' numbers, that of a replaced worker before its replacement's. Taken
  /// once: empty afterwards. A void function's outcome is outcome<std::monostate>.
  std::vector<outcome<R>> get() {
    if (!record_)
      throw error("crosspool: these are the exit results of no pool");
    return record_->take();
  }

private:
  std::shared_ptr<detail::exit_record<R>> record_;
};

} // namespace CROSSPOOL_NAMESPACE

#endif
