// nlohmann's JSON, as CBOR, which keeps the kinds of numbers.
#ifndef CROSSPOOL_TESTS_CROSSING_FOREIGN_NLOHMANN_JSON_HPP
#define CROSSPOOL_TESTS_CROSSING_FOREIGN_NLOHMANN_JSON_HPP

#include <cereal/cereal.hpp>
#include <cereal/types/vector.hpp>

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace cereal { // the type's own namespace changes from version to version

template <class Archive, std::same_as<nlohmann::json> Json> void save(Archive& archive, const Json& from) {
  archive(Json::to_cbor(from));
}
template <class Archive, std::same_as<nlohmann::json> Json> void load(Archive& archive, Json& into) {
  std::vector<std::uint8_t> bytes;
  archive(bytes);
  into = Json::from_cbor(bytes);
}

} // namespace cereal

#endif
