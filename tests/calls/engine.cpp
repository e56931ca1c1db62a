#include <crosspool/calls/engine.hpp>
#include <crosspool/calls/parcel_sizes.hpp>
#include <crosspool/crosspool.hpp>

#include "catch.hpp"

using namespace crosspool::detail;

namespace {

// All that a verb asks of an engine, and nothing else.
class least_engine : public engine_base {
public:
  least_engine() : engine_base({}, false) {}

  using parcel_type = parcel;
  static constexpr std::size_t parcel_bytes = 1;
  static constexpr bool reads_in_place = false;
  static constexpr bool outlives_calls = false;

  even_parcels parcel_sizes(std::size_t chunksize, std::size_t total) { return {chunksize, total, 1}; }
  template <class Task>
  std::shared_ptr<typename Task::parcel_type> start_parcel(const Task&, const std::shared_ptr<completion>&,
                                                           std::string_view, std::size_t, std::size_t,
                                                           std::size_t) const {
    return nullptr;
  }
  bool submit(std::shared_ptr<parcel>, collector*) { return false; }
  template <class T> crosspool::broadcasted<T> broadcast(const T&) { return {}; }
  template <class R, class F> crosspool::exit_results<R> at_exit(F&&);
  int workers() const { return 1; }
  crosspool::pool_stats stats() { return {}; }
  void trace_to(const std::string&) {}
  void stop_trace() {}
  void terminate() {}
  void join() {}
  void drive(completion&, clock::time_point, collector*) override {}
  void cancel(completion&) override {}

private:
  void wake() override {}
};

struct without_sizes : least_engine {
  void parcel_sizes(std::size_t, std::size_t) = delete;
};
struct without_parcels : least_engine {
  void start_parcel() = delete;
};
struct takes_other_parcels : least_engine {
  using parcel_type = int;
};
struct submits_in_silence : least_engine {
  void submit(std::shared_ptr<parcel>, collector*) {}
};
struct without_broadcasts : least_engine {
  void broadcast() = delete;
};
struct without_exit_functions : least_engine {
  void at_exit() = delete;
};
struct counts_no_workers : least_engine {
  void workers() const {}
};
struct without_stats : least_engine {
  void stats() = delete;
};
struct without_trace : least_engine {
  void trace_to() = delete;
};
struct without_terminate : least_engine {
  void terminate() = delete;
};
struct without_join : least_engine {
  void join() = delete;
};
struct says_nothing_of_ranges : least_engine {
  void reads_in_place() = delete;
};
struct says_nothing_of_late_items : least_engine {
  void outlives_calls() = delete;
};
struct drives_nothing {};

template <class E> constexpr bool is_engine = engine<E>;

} // namespace

TEST_CASE("what a verb asks of an engine is asked of every engine") {
  STATIC_REQUIRE(is_engine<least_engine>);
  STATIC_REQUIRE(is_engine<crosspool::thread::engine>);
  STATIC_REQUIRE(is_engine<crosspool::fork::engine>);
  STATIC_REQUIRE(is_engine<crosspool::spawn::engine>);
  STATIC_REQUIRE(is_engine<crosspool::inline_as<crosspool::thread>::engine>);
  STATIC_REQUIRE(is_engine<crosspool::inline_as<crosspool::fork>::engine>);
}

TEMPLATE_TEST_CASE("what lacks a part of it is no engine", "", without_sizes, without_parcels, takes_other_parcels,
                   submits_in_silence, without_broadcasts, without_exit_functions, counts_no_workers, without_stats,
                   without_trace, without_terminate, without_join, says_nothing_of_ranges, says_nothing_of_late_items,
                   drives_nothing) {
  STATIC_REQUIRE_FALSE(is_engine<TestType>);
}
