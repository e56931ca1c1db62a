// The functions that everybody writes first: not constrained, so that all that becomes JSON converts to their argument.
#include <cereal/types/vector.hpp>

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../battery.hpp"

using battery::arrives;

namespace cereal {
template <class Archive> void save(Archive& archive, const nlohmann::json& from) {
  archive(from.dump());
}
template <class Archive> void load(Archive& archive, nlohmann::json& into) {
  std::string text;
  archive(text);
  into = nlohmann::json::parse(text);
}
} // namespace cereal

namespace app {
enum class state { off, on };
struct loose {
  int number = 0;
  std::string text;
  bool operator==(const loose&) const = default;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(loose, number, text)
struct loose_own {
  int number = 0;
  bool operator==(const loose_own&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(number); }
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(loose_own, number)
} // namespace app

TEST_CASE("functions for JSON in namespace cereal change nothing for what becomes JSON") {
  arrives(nlohmann::json{{"a", 1}});
  arrives(app::loose{3, "text"});
  arrives(app::loose_own{3});
  arrives(std::vector<std::pair<int, app::state>>{{1, app::state::on}});
  arrives(std::map<std::string, std::vector<app::state>>{{"k", {app::state::on}}});
}
