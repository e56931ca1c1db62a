#include "abseil.hpp"

#include <absl/container/btree_map.h>
#include <absl/container/flat_hash_map.h>
#include <absl/container/node_hash_map.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>
#include <string>
#include <vector>

#include "../battery.hpp"

using battery::arrives;

namespace {
struct sample {
  absl::Time at;
  absl::Duration length;
  absl::InlinedVector<std::string, 2> names;
  absl::flat_hash_map<std::string, std::vector<int>> values;
  bool operator==(const sample&) const = default;
};
} // namespace

TEST_CASE("Abseil's types") {
  arrives(absl::flat_hash_map<std::string, int>{{"a", 1}, {"b", 2}});
  arrives(absl::node_hash_map<int, std::string>{{1, "a"}});
  arrives(absl::btree_map<int, std::string>{{1, "a"}, {2, "b"}});
  arrives(absl::InlinedVector<std::string, 2>{"a", "b", "c"});
  arrives(absl::FromUnixSeconds(3));
  arrives(absl::Milliseconds(3));
  arrives(absl::optional<int>(3));
  arrives(sample{absl::FromUnixSeconds(3), absl::Seconds(1), {"n"}, {{"k", {1, 2}}}});
}

TEST_CASE("Abseil's views are refused") {
  REFUSED_SOMEHOW(absl::string_view);
  REFUSED_SOMEHOW(absl::Span<int>);
}
