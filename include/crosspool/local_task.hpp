// A call's items for worker threads: nothing is packed, the items are kept as they are or referred to, and the results
// are left where the caller finds them.
#ifndef CROSSPOOL_LOCAL_TASK_HPP
#define CROSSPOOL_LOCAL_TASK_HPP

#include <crosspool/callable.hpp>
#include <crosspool/future.hpp>

#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

namespace crosspool::detail {

/// A parcel for a worker thread, as the engine sees it.
class local_parcel : public parcel {
public:
  using parcel::parcel;
  static constexpr std::size_t bytes() noexcept { return 0; } // nothing is sent
  /// Runs all its items.
  virtual void run() noexcept = 0;
  /// Ends all its items with error, instead of running them.
  virtual void fail(const std::exception_ptr& error) = 0;
};

/// A call of F on items, with results of type R (std::monostate for void). Each T is how an item is kept: as a value,
/// or by reference if the caller waits; F is called with T&&.
template <class R, class F, class... T> class local_task {
public:
  class parcel_type final : public local_parcel, public result_source<R> {
  public:
    parcel_type(std::shared_ptr<completion> home, std::string_view verb, std::size_t first, std::shared_ptr<F> f)
        : local_parcel(std::move(home), verb, first), f_(std::move(f)) {}

    template <class... Items> void add(Items&&... items) {
      items_.emplace_back(std::forward<Items>(items)...);
      added();
    }

    void run() noexcept override {
      try {
        for (auto& item : items_)
          outcomes_.push_back(outcome_of(item));
      } catch (...) { // the outcome had no place
        while (outcomes_.size() != items_.size())
          outcomes_.push_back(failure{std::current_exception()});
      }
      finish();
    }

    void fail(const std::exception_ptr& error) override {
      for (std::size_t i = 0; i < items_.size(); ++i)
        outcomes_.push_back(failure{error});
      finish();
    }

    [[nodiscard]] bool arrived() const noexcept override { return is_home(); }

    void unpack(results<R>& to) override {
      for (auto& each : outcomes_)
        if (each)
          to.add(*std::move(each));
        else
          to.fail(each.error());
      outcomes_.clear();
    }

  private:
    outcome<R> outcome_of(std::tuple<T...>& item) noexcept {
      try {
        if constexpr (std::is_same_v<R, std::monostate>) {
          std::apply(*f_, std::move(item));
          return R{};
        } else
          return use_result([](auto&& result) { return outcome<R>(std::forward<decltype(result)>(result)); }, *f_,
                            item);
      } catch (...) {
        return failure{std::current_exception()};
      }
    }

    void finish() {
      items_.clear();
      f_.reset();
      came_home();
    }

    std::shared_ptr<F> f_;
    std::deque<std::tuple<T...>> items_; // not a vector: an item may be impossible to move
    std::deque<outcome<R>> outcomes_;
  };

  explicit local_task(std::shared_ptr<F> f) : f_(std::move(f)) {}

  std::shared_ptr<parcel_type> start_parcel(std::shared_ptr<completion> home, std::string_view verb,
                                            std::size_t first) const {
    return std::make_shared<parcel_type>(std::move(home), verb, first, f_);
  }

private:
  std::shared_ptr<F> f_;
};

} // namespace crosspool::detail

#endif
