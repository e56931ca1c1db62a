#include "protobuf.hpp"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/map.h>
#include <google/protobuf/struct.pb.h>
#include <string>
#include <vector>

#include "../battery.hpp"

using battery::arrives;

namespace {
struct job {
  int id;
  google::protobuf::Duration limit;
};
const auto same = [](const auto& a, const auto& b) { return a.SerializeAsString() == b.SerializeAsString(); };
} // namespace

TEST_CASE("messages of Protocol Buffers") {
  google::protobuf::Duration duration;
  duration.set_seconds(3);
  arrives(duration, same);
  arrives(job{1, duration}, [](const job& a, const job& b) { return a.id == b.id && same(a.limit, b.limit); });
  google::protobuf::Struct fields;
  (*fields.mutable_fields())["a"].set_string_value("b");
  arrives(fields, same);
  arrives(std::vector<google::protobuf::Duration>(2, duration),
          [](const auto& a, const auto& b) { return a.size() == b.size() && same(a[1], b[1]); });
}

TEST_CASE("their containers alone are refused") {
  REFUSED_SOMEHOW(google::protobuf::Map<int, int>);
  REFUSED_SOMEHOW(google::protobuf::RepeatedField<int>);
}
