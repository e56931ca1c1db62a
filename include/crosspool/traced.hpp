// traced: what trace() has found.
#ifndef CROSSPOOL_TRACED_HPP
#define CROSSPOOL_TRACED_HPP

#include <crosspool/version.hpp>

#include <algorithm>
#include <cstddef>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE {

/// What trace() found: print it, or read its lines.
class traced {
public:
  /// The value itself, or a part of it.
  struct line {
    std::size_t depth = 0;
    std::string name{}; ///< of a member; [0], [0].key, <0>, * for elements and pointees; empty for the value itself
    std::string type{};
    std::string how{};     ///< how it crosses, or why it cannot
    std::size_t bytes = 0; ///< that it takes in a message; 0 where there is no value or where it cannot cross
    bool crosses = true;   ///< with all its parts
  };

  explicit traced(std::vector<line> lines) : lines_(std::move(lines)) {}

  /// From the outside in, in the order in which they cross; the first is the value itself.
  [[nodiscard]] const std::vector<line>& lines() const noexcept { return lines_; }
  [[nodiscard]] bool crosses() const noexcept { return lines_.front().crosses; }

  /// A line each: name, type, bytes, how it crosses.
  friend std::ostream& operator<<(std::ostream& out, const traced& trace) {
    std::size_t names = 0;
    std::size_t types = 0;
    for (const auto& each : trace.lines_) {
      names = std::max(names, 2 * each.depth + each.name.size() + 2);
      types = std::max(types, std::min<std::size_t>(each.type.size(), 64) + 2);
    }
    const auto padded = [](std::string text, std::size_t width) {
      text.resize(std::max(text.size(), width), ' ');
      return text;
    };
    for (const auto& each : trace.lines_) {
      auto bytes = each.bytes == 0 ? "-" : std::to_string(each.bytes) + " B";
      bytes.insert(0, bytes.size() < 10 ? 10 - bytes.size() : 0, ' ');
      out << padded(std::string(2 * each.depth, ' ') + each.name, names) << padded(each.type, types) << bytes << "  "
          << each.how << '\n';
    }
    return out;
  }

private:
  std::vector<line> lines_;
};

} // namespace CROSSPOOL_NAMESPACE

#endif
