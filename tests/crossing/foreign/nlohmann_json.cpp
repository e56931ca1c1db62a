#include "nlohmann_json.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "../battery.hpp"

using battery::arrives;

namespace app {
enum class state { off, on };
struct setting { // can become JSON and be made of it
  int number = 0;
  std::string text;
  bool operator==(const setting&) const = default;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(setting, number, text)
struct own { // and crosses by a function of its own
  int number = 0;
  bool operator==(const own&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(number); }
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(own, number)
struct request {
  std::string path;
  nlohmann::json body;
  bool operator==(const request&) const = default;
};
} // namespace app

TEST_CASE("nlohmann's JSON") {
  const nlohmann::json value{{"a", {1, 2.5, nullptr, true}}, {"b", "text"}, {"c", nlohmann::json::object()}};
  arrives(value);
  arrives(nlohmann::json());
  arrives(std::vector<nlohmann::json>{value, 3});
  arrives(app::request{"/", value});
  arrives(std::map<std::string, nlohmann::json>{{"k", value}});
}

TEST_CASE("what becomes JSON crosses by itself") {
  arrives(app::setting{3, "text"});
  arrives(app::own{3});
  arrives(std::vector<std::pair<int, app::state>>{{1, app::state::on}});
  arrives(std::map<std::string, app::setting>{{"k", {3, "text"}}});
}
