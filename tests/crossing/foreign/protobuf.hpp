// Messages of Protocol Buffers, whatever they are: their own bytes.
#ifndef CROSSPOOL_TESTS_CROSSING_FOREIGN_PROTOBUF_HPP
#define CROSSPOOL_TESTS_CROSSING_FOREIGN_PROTOBUF_HPP

#include <cereal/cereal.hpp>
#include <cereal/types/string.hpp>

#include <concepts>
#include <google/protobuf/message_lite.h>
#include <stdexcept>
#include <string>

namespace cereal {

template <class Archive, std::derived_from<google::protobuf::MessageLite> Message>
std::string save_minimal(const Archive&, const Message& from) {
  return from.SerializeAsString();
}
template <class Archive, std::derived_from<google::protobuf::MessageLite> Message>
void load_minimal(const Archive&, Message& into, const std::string& bytes) {
  if (!into.ParseFromString(bytes))
    throw std::runtime_error("not a message of this type");
}

} // namespace cereal

#endif
