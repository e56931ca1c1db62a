// How dispatch from one rank scales: one map of ten seconds' work, dealt out to many ranks by the rules of
// rank_engine.hpp and parcel_sizes.hpp, with costs that dispatch_cost.cpp has measured. Not simulated: what a rank's
// own pool costs, and a network that is too slow for what it is given.
//
//   simulation [--batch US] [--rank US] [--item NS] [--way US] [--bytes N]
//
// --batch and --rank: processor time of the thread that talks to the ranks, a batch, and more for each rank there is;
// --item: of the thread that calls map; --way: of a message, in microseconds; --bytes: of an argument, which wait for a
// link of one GiB a second.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <iterator>
#include <queue>
#include <string_view>
#include <utility>
#include <vector>

namespace {

// Times are in seconds.
struct Costs {
  double batch = 5e-6, rank = 5e-9, item = 30e-9, way = 10e-6, bytes = 4;
  bool one_item_a_batch = false; // for the check against a closed form
  double bandwidth = 1 << 30;
};
struct Cluster {
  std::size_t ranks, workers_of_one;
  [[nodiscard]] std::size_t workers() const { return ranks * workers_of_one; }
};

// ---- the rules ----

class Parcels {
public:
  Parcels(std::size_t total, std::size_t workers, double most_time)
      : total_(total), workers_(workers), most_time_(most_time) {}

  std::size_t next(std::size_t sent, double pace) {
    const auto items_in = [&](double time) {
      return static_cast<std::size_t>(std::clamp(time / pace, 0.0, 1048576.0));
    };
    auto n = std::min<std::size_t>(limit_, pace > 0 ? items_in(most_time_) : 1024);
    n = std::min(n, std::max((total_ - sent) / (2 * workers_), pace > 0 ? items_in(10e-6) : 1));
    if (++given_ % workers_ == 0 && limit_ < (std::size_t{1} << 20U))
      limit_ *= 2;
    return std::clamp<std::size_t>(n, 1, total_ - sent);
  }

private:
  std::size_t total_, workers_;
  double most_time_;
  std::size_t limit_ = 1, given_ = 0;
};

struct Lane {
  std::size_t batches = 0;
  double estimate = 0, bytes = 0;
};

// ---- the simulation ----

class Simulation {
public:
  Simulation(const Costs& costs, const Cluster& cluster, double task, double seconds)
      : costs_(costs), cluster_(cluster), task_(task),
        total_(static_cast<std::size_t>(seconds / task) * cluster.workers()), lanes_(cluster.ranks),
        free_(cluster.ranks), parcels_(total_, cluster.workers(), batch_time()) {
    for (auto& each : free_)
      for (std::size_t i = 0; i != cluster.workers_of_one; ++i)
        each.push(0);
  }

  /// Of the workers' time, the share in which they run tasks.
  double efficiency() {
    while (ended_ != total_)
      step();
    const auto ideal = static_cast<double>(total_) * task_ / static_cast<double>(cluster_.workers());
    return ideal / std::max(caller_, service_);
  }

private:
  struct Batch {
    std::size_t items, lane;
    double estimate, bytes;
  };
  struct Answer {
    double at;
    Batch of;
    bool operator>(const Answer& other) const { return at > other.at; }
  };
  using Times = std::priority_queue<double, std::vector<double>, std::greater<>>;

  [[nodiscard]] double time_ahead() const { return pace_ > 0 ? std::max(2 * batch_time(), 8e-3) : 2 * batch_time(); }
  [[nodiscard]] double batch_time() const { return std::max(1e-3, 4 * 5e-6 * static_cast<double>(cluster_.workers())); }
  [[nodiscard]] double cost_of_half_a_batch() const {
    return (costs_.batch + costs_.rank * static_cast<double>(cluster_.ranks)) / 2;
  }

  // What comes first: a parcel of the caller's, an answer, or a batch that can be sent.
  void step() {
    const bool submits = sent_ != total_ && queue_.size() <= cluster_.workers();
    const double answer = answers_.empty() ? infinity : std::max(service_, answers_.top().at);
    auto* const to = queue_.empty() ? nullptr : least_busy();
    const double send = to == nullptr ? infinity : std::max(service_, queue_.front().second);
    if (submits && caller_ <= std::min(answer, send))
      submit();
    else if (send <= answer)
      give(*to);
    else
      take_answer();
  }

  void submit() {
    const auto items = costs_.one_item_a_batch ? 1 : parcels_.next(sent_, pace_);
    sent_ += items;
    caller_ += costs_.item / 2 * static_cast<double>(items);
    queue_.emplace_back(items, caller_);
  }

  Lane* least_busy() {
    const auto w = cluster_.workers_of_one;
    const auto load_of = [&](const Lane& l) {
      return l.batches < w ? std::pair(l.batches, 0.0) : std::pair(w, l.estimate);
    };
    const auto has_enough = [&](const Lane& l) {
      const auto workers = static_cast<double>(w);
      return l.batches >= 2 * w &&
             (l.batches >= 64 * w || l.bytes >= (1 << 20) * workers || l.estimate >= time_ahead() * workers);
    };
    Lane* best = nullptr;
    for (auto& each : lanes_)
      if (!has_enough(each) && (best == nullptr || load_of(each) < load_of(*best)))
        best = &each;
    return best;
  }

  void give(Lane& to) {
    const auto [items, made] = queue_.front();
    queue_.pop_front();
    const auto n = static_cast<double>(items);
    const auto bytes = n * costs_.bytes;
    const auto lane = static_cast<std::size_t>(&to - lanes_.data());
    const Batch batch{items, lane, pace_ > 0 ? pace_ * n : batch_time() / 2, bytes};
    ++to.batches;
    to.estimate += batch.estimate;
    to.bytes += batch.bytes;
    service_ = std::max(service_, made) + cost_of_half_a_batch();
    link_ = std::max(link_, service_) + bytes / costs_.bandwidth;
    // Workers take items one by one, in the order in which batches come.
    const double arrives = link_ + costs_.way;
    double last = arrives;
    for (std::size_t i = 0; i != items; ++i) {
      last = std::max(arrives, free_[lane].top()) + task_;
      free_[lane].pop();
      free_[lane].push(last);
    }
    answers_.push({last + costs_.way, batch});
  }

  void take_answer() {
    const auto [at, batch] = answers_.top();
    answers_.pop();
    service_ = std::max(service_, at) + cost_of_half_a_batch();
    auto& of = lanes_[batch.lane];
    --of.batches;
    of.bytes -= batch.bytes;
    of.estimate = of.batches == 0 ? 0 : of.estimate - batch.estimate;
    pace_ = task_;
    caller_ = std::max(caller_, service_) + costs_.item / 2 * static_cast<double>(batch.items);
    ended_ += batch.items;
  }

  static constexpr double infinity = HUGE_VAL;

  Costs costs_;
  Cluster cluster_;
  double task_;
  std::size_t total_, sent_ = 0, ended_ = 0;
  double pace_ = 0;
  double caller_ = 0, service_ = 0, link_ = 0; // until when they are busy
  std::vector<Lane> lanes_;
  std::vector<Times> free_; // of each rank's workers, when
  Parcels parcels_;
  std::deque<std::pair<std::size_t, double>> queue_; // items of a parcel, and when it was made
  std::priority_queue<Answer, std::vector<Answer>, std::greater<>> answers_;
};

// Where a closed form exists, the simulation must agree with it.
bool is_sane() {
  Costs nothing{0, 0, 0, 0, 0};
  const double alone = Simulation(nothing, {1, 1}, 1e-3, 10).efficiency();
  Costs dispatch_bound{5e-6, 0, 0, 10e-6, 0, true};
  const Cluster large{1000, 8};
  const double expected = std::min(1.0, 1e-2 / (static_cast<double>(large.workers()) * dispatch_bound.batch));
  const double bound = Simulation(dispatch_bound, large, 1e-2, 2).efficiency();
  std::printf("checks: one worker, no costs: %.3f (1); one item a batch, 8,000 workers, 10 ms: %.3f (%.3f)\n", alone,
              bound, expected);
  return std::abs(alone - 1) < 0.01 && std::abs(bound / expected - 1) < 0.05;
}

} // namespace

int main(int argc, char** argv) {
  Costs costs;
  const auto set = [&](std::string_view option, double value) {
    const std::array<std::pair<std::string_view, double>, 5> known{
        {{"--batch", 1e-6}, {"--rank", 1e-6}, {"--item", 1e-9}, {"--way", 1e-6}, {"--bytes", 1}}};
    const std::array<double*, 5> values{&costs.batch, &costs.rank, &costs.item, &costs.way, &costs.bytes};
    const auto* const found = std::find_if(known.begin(), known.end(),
                                           [&](auto& each) { return each.first == option; });
    if (found == known.end())
      return false;
    *values[static_cast<std::size_t>(found - known.begin())] = value * found->second;
    return true;
  };
  for (int i = 1; i < argc; i += 2)
    if (i + 1 == argc || !set(argv[i], std::atof(argv[i + 1]))) {
      std::fprintf(stderr, "simulation: what is %s?\n", argv[i]);
      return 2;
    }
  if (!is_sane())
    return 1;
  std::printf("%.3g us a batch, %.3g us more for each rank, %.3g ns an item\n\n", costs.batch * 1e6, costs.rank * 1e6,
              costs.item * 1e9);
  std::printf("| ranks × workers | 1 ms | 10 ms | 100 ms |\n|--:|--:|--:|--:|\n");
  for (const std::size_t workers : {1, 8})
    for (const std::size_t ranks : {10, 100, 300, 1000}) {
      std::printf("| %zu × %zu |", ranks, workers);
      for (const double task : {1e-3, 1e-2, 1e-1})
        std::printf(" %.3f |", Simulation(costs, {ranks, workers}, task, 10).efficiency());
      std::printf("\n");
      std::fflush(stdout);
    }
}
