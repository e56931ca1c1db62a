// How many items a call puts into one parcel.
#ifndef CROSSPOOL_CALLS_PARCEL_SIZES_HPP
#define CROSSPOOL_CALLS_PARCEL_SIZES_HPP

#include <crosspool/calls/completion.hpp>

#include <chrono>
#include <cstddef>
#include <limits>

namespace CROSSPOOL_NAMESPACE::detail {

/// Of a range whose length is not known.
inline constexpr std::size_t unknown_length = std::numeric_limits<std::size_t>::max();

/// Parcels that are run as a whole: four a worker even out tasks of unequal length, as in Python's Pool. Of a range of
/// unknown length, the parcels grow as it turns out to be long.
class even_parcels {
public:
  /// chunksize: of the call; 0: none was asked for. total: items of the call, or unknown_length.
  even_parcels(std::size_t chunksize, std::size_t total, std::size_t workers)
      : workers_(workers), fixed_(chunksize != 0 || total != unknown_length) {
    if (chunksize != 0)
      next_ = chunksize;
    else if (total != unknown_length && total != 0)
      next_ = (total + 4 * workers - 1) / (4 * workers);
  }

  std::size_t next(const completion& home, std::size_t /*sent*/) {
    if (home.limits().timeout.count() != 0)
      return 1; // or one that is stuck would keep others from being run
    const auto now = next_;
    if (!fixed_ && ++given_ % workers_ == 0)
      next_ = next_ < 512 ? next_ * 2 : 1024;
    return now;
  }

private:
  std::size_t workers_;
  bool fixed_;
  std::size_t next_ = 1;
  std::size_t given_ = 0;
};

/// Parcels that workers take items from, and that can be divided again: only the cost of handing them over counts. So
/// they are some fixed time of work each, less towards the end, and grow until it is known how many items that is.
class paced_parcels {
public:
  /// most_time: of work in one parcel.
  paced_parcels(std::size_t chunksize, std::size_t total, std::size_t workers,
                estimated_time most_time = std::chrono::microseconds(200))
      : unit_(chunksize != 0 ? chunksize : 1), total_(total), workers_(workers), most_time_(most_time) {}

  /// For the next parcel of this call, of which that many items have been sent.
  std::size_t next(const completion& home, std::size_t sent) {
    auto n = limit_;
    const auto pace = home.pace();
    const auto longest = pace.count() > 0 ? items_in(most_time_, pace) : most_unpaced;
    n = longest < n ? longest : n;
    if (total_ != unknown_length && sent < total_) {
      const auto share = (total_ - sent) / (2 * workers_), least = pace.count() > 0 ? items_in(least_time, pace) : 1;
      const auto part = share < least ? least : share;
      n = part < n ? part : n;
    }
    if (++given_ % workers_ == 0 && limit_ < most)
      limit_ *= 2;
    n = (n + unit_ - 1) / unit_ * unit_;
    return n < unit_ ? unit_ : n;
  }

private:
  // Workers that end so little apart do not count, but the parcels would.
  static constexpr std::chrono::microseconds least_time{10};
  static constexpr std::size_t most_unpaced = 1024;
  static constexpr std::size_t most = std::size_t{1} << 20U;

  static std::size_t items_in(estimated_time time, estimated_time pace) {
    const auto items = time / pace;
    return items < most ? static_cast<std::size_t>(items) : most;
  }

  std::size_t unit_;
  std::size_t total_;
  std::size_t workers_;
  estimated_time most_time_;
  std::size_t limit_ = 1;
  std::size_t given_ = 0;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
