// Stands in for cereal's own archives in cereal's own unit tests, so that these run over the library's: all that is put
// into one is one message. CMakeLists.txt writes headers with the names of cereal's that include this one.
#ifndef CROSSPOOL_TESTS_CROSSING_CEREAL_ARCHIVES_HPP
#define CROSSPOOL_TESTS_CROSSING_CEREAL_ARCHIVES_HPP

#include <crosspool/bytes/codec.hpp>

#include <cereal/types/polymorphic.hpp>

#include <cstddef>
#include <cstring>
#include <iostream>
#include <iterator>
#include <string>
#include <utility>

namespace crossing {

enum class in_place_of : unsigned char { binary, portable_binary, xml, json };

template <in_place_of> class to_stream {
public:
  template <class... Options> explicit to_stream(std::ostream& out, const Options&...) : out_(out) {}
  to_stream(const to_stream&) = delete;
  to_stream& operator=(const to_stream&) = delete;
  ~to_stream() {
    out_.write(reinterpret_cast<const char*>(buffer_.data()), static_cast<std::streamsize>(buffer_.size()));
  }

  template <class... T> to_stream& operator()(T&&... values) {
    archive_(std::forward<T>(values)...);
    return *this;
  }
  template <class T> to_stream& operator&(T&& value) { return (*this)(std::forward<T>(value)); }
  template <class T> to_stream& operator<<(T&& value) { return (*this)(std::forward<T>(value)); }
  void serializeDeferments() { archive_.serializeDeferments(); }

private:
  std::ostream& out_;
  crosspool::detail::bytes memory_;
  crosspool::detail::vector_buffer buffer_{memory_};
  crosspool::output_archive archive_{buffer_};
};

template <in_place_of> class from_stream {
public:
  template <class... Options>
  explicit from_stream(std::istream& in, const Options&...) : memory_(read(in)), archive_(memory_) {}
  from_stream(const from_stream&) = delete;
  from_stream& operator=(const from_stream&) = delete;

  template <class... T> from_stream& operator()(T&&... values) {
    archive_(std::forward<T>(values)...);
    return *this;
  }
  template <class T> from_stream& operator&(T&& value) { return (*this)(std::forward<T>(value)); }
  template <class T> from_stream& operator>>(T&& value) { return (*this)(std::forward<T>(value)); }
  void serializeDeferments() { archive_.serializeDeferments(); }

private:
  static crosspool::detail::bytes read(std::istream& in) {
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    crosspool::detail::bytes made(all.size());
    if (!all.empty())
      std::memcpy(made.data(), all.data(), all.size());
    return made;
  }

  crosspool::detail::bytes memory_;
  crosspool::input_archive archive_;
};

} // namespace crossing

namespace cereal { // classes, as cereal declares them elsewhere

class BinaryOutputArchive : public crossing::to_stream<crossing::in_place_of::binary> {
public:
  using to_stream::to_stream;
};
class BinaryInputArchive : public crossing::from_stream<crossing::in_place_of::binary> {
public:
  using from_stream::from_stream;
};
class PortableBinaryOutputArchive : public crossing::to_stream<crossing::in_place_of::portable_binary> {
public:
  using to_stream::to_stream;
};
class PortableBinaryInputArchive : public crossing::from_stream<crossing::in_place_of::portable_binary> {
public:
  using from_stream::from_stream;
};
class XMLOutputArchive : public crossing::to_stream<crossing::in_place_of::xml> {
public:
  using to_stream::to_stream;
};
class XMLInputArchive : public crossing::from_stream<crossing::in_place_of::xml> {
public:
  using from_stream::from_stream;
};
class JSONOutputArchive : public crossing::to_stream<crossing::in_place_of::json> {
public:
  using to_stream::to_stream;
};
class JSONInputArchive : public crossing::from_stream<crossing::in_place_of::json> {
public:
  using from_stream::from_stream;
};

} // namespace cereal

#endif
