// The archives' own interface: what they write, and that they never read past the end nor believe a number they cannot.
#include <crosspool/bytes/codec.hpp>

#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"

using crosspool::input_archive;
using crosspool::output_archive;

namespace {

class buffer final : public crosspool::message_buffer {
public:
  buffer() = default;
  explicit buffer(std::size_t size) { extend(size); }
  buffer(std::initializer_list<std::byte> start) { write(start.begin(), start.size()); }
  operator crosspool::detail::byte_view() const { return {data(), size()}; }
  const std::byte& operator[](std::size_t i) const { return data()[i]; }

private:
  void grow(std::size_t more) override {
    memory_.resize(size_ + more);
    data_ = memory_.data();
    capacity_ = memory_.size();
  }
  std::vector<std::byte> memory_;
};

struct by_ampersand {
  by_ampersand() {}
  template <class Archive> void serialize(Archive& archive) {
    archive& CEREAL_NVP(a);
    archive & b;
  }
  int a = 0;
  std::string b;
};

struct by_stream {
  by_stream() {}
  template <class Archive> void save(Archive& archive) const { archive << a << cereal::make_nvp("named", b); }
  template <class Archive> void load(Archive& archive) { archive >> a >> b; }
  int a = 0;
  std::string b;
};

struct asks_the_archive {
  asks_the_archive() {}
  template <class Archive> void serialize(Archive& archive) {
    loading = Archive::is_loading::value;
    archive(value);
  }
  bool loading = false;
  int value = 0;
};

} // namespace

TEST_CASE("archives take several values at once and give them back in order") {
  buffer bytes;
  output_archive out(bytes);
  out(1, std::string("two"), 3.5);
  out & 4 & 5;
  out << 6 << 7;

  input_archive in(bytes);
  int one = 0, four = 0, five = 0, six = 0, seven = 0;
  std::string two;
  double three = 0;
  in(one, two, three);
  in & four & five;
  in >> six >> seven;
  CHECK(one == 1);
  CHECK(two == "two");
  CHECK(three == 3.5);
  CHECK(std::vector{four, five, six, seven} == std::vector{4, 5, 6, 7});
  CHECK(in.remaining() == 0);
}

TEMPLATE_TEST_CASE("serialization functions may use any of cereal's operators", "", by_ampersand, by_stream) {
  TestType value, back;
  value.a = 3;
  value.b = "text";
  buffer bytes;
  output_archive{bytes}(value);
  input_archive{bytes}(back);
  CHECK(back.a == 3);
  CHECK(back.b == "text");
}

TEST_CASE("a class can ask whether it is loaded") {
  asks_the_archive value;
  buffer bytes;
  output_archive{bytes}(value);
  CHECK_FALSE(value.loading);
  input_archive{bytes}(value);
  CHECK(value.loading);
}

TEST_CASE("an output archive appends") {
  buffer bytes{std::byte{9}};
  output_archive out(bytes);
  CHECK(out.position() == 1);
  out(std::uint16_t{0x0102});
  CHECK(out.position() == 3);
  CHECK(bytes.size() == 3);
  CHECK(bytes[0] == std::byte{9});
  out.write(nullptr, 0);
  CHECK(bytes.size() == 3);
}

TEST_CASE("names, sizes and blocks of bytes need no more than what is in them") {
  buffer bytes;
  output_archive out(bytes);
  const int value = 3;
  out(cereal::make_nvp("a name", value));
  CHECK(bytes.size() == sizeof value);
  out(cereal::make_size_tag(std::size_t{5}));
  CHECK(bytes.size() == sizeof value + sizeof(std::uint64_t));
  out(cereal::binary_data("12345", 5));
  CHECK(bytes.size() == sizeof value + sizeof(std::uint64_t) + 5);

  input_archive in(bytes);
  int back = 0;
  std::size_t size = 0;
  char text[5] = {};
  in(cereal::make_nvp("another name", back), cereal::make_size_tag(size));
  REQUIRE(size == sizeof text);
  in(cereal::binary_data(text, size));
  CHECK(back == 3);
  CHECK(std::string(text, size) == "12345");
}

TEST_CASE("an input archive knows where it is") {
  const buffer bytes{std::byte{1}, std::byte{2}, std::byte{3}};
  input_archive in(bytes);
  CHECK(in.position() == 0);
  CHECK(in.remaining() == 3);
  CHECK(in.skip(1).data() == bytes.data());
  std::byte two{};
  in.read(&two, 1);
  CHECK(two == std::byte{2});
  CHECK(in.position() == 2);
  CHECK(in.remaining() == 1);
}

TEST_CASE("nothing is read past the end, and nothing is used up by trying") {
  const buffer bytes(3);
  input_archive in(bytes);
  std::uint32_t number = 7;
  CHECK_THROWS_AS(in.read(&number, sizeof number), crosspool::error);
  CHECK_THROWS_AS(in(number), crosspool::error);
  CHECK_THROWS_AS(in.skip(4), crosspool::error);
  CHECK_THROWS_AS(in.skip(std::numeric_limits<std::size_t>::max()), crosspool::error);
  CHECK(number == 7);
  CHECK(in.remaining() == 3);
  in.skip(3);
  CHECK(in.skip(0).empty());
  CHECK_THROWS_AS(in.skip(1), crosspool::error);
}

TEST_CASE("an empty input is at its end") {
  input_archive in({});
  CHECK(in.remaining() == 0);
  in.read(nullptr, 0);
  CHECK_THROWS_AS(in.skip(1), crosspool::error);
}

TEST_CASE("a count is believed up to the bytes that remain") {
  const auto count = GENERATE(std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{5}, ~std::uint64_t{0});
  buffer bytes;
  output_archive{bytes}(count);
  bytes.extend(4);
  input_archive direct(bytes), tagged(bytes);
  tagged.expect_elements(1);
  std::size_t size = 0;
  if (count <= 4) {
    CHECK(direct.read_count() == count);
    tagged(cereal::make_size_tag(size));
    CHECK(size == count);
  } else {
    CHECK_THROWS_AS(direct.read_count(), crosspool::error);
    CHECK_THROWS_AS(tagged(cereal::make_size_tag(size)), crosspool::error);
  }
}

TEST_CASE("what a class's own size tag counts need not be in the message") {
  buffer bytes;
  output_archive{bytes}(cereal::make_size_tag(std::size_t{1000}));
  input_archive in(bytes);
  std::size_t size = 0;
  in(cereal::make_size_tag(size));
  CHECK(size == 1000);
}

TEST_CASE("what is deferred is written and read behind the rest, and what that defers behind it") {
  int first = 1, second = 2, third = 3;
  struct defers {
    int* deferred = nullptr;
    void save(output_archive& to) const { to(cereal::defer(*deferred)); }
    void load(input_archive& from) { from(cereal::defer(*deferred)); }
  };
  defers outer{&third};
  buffer bytes;
  output_archive out(bytes);
  out(cereal::defer(outer), cereal::defer(second), first);
  CHECK(bytes.size() == sizeof first);
  out.serializeDeferments();
  out.serializeDeferments(); // nothing is left
  first = second = third = 0;

  input_archive in(bytes);
  in(cereal::defer(outer), cereal::defer(second), first);
  CHECK(std::vector{first, second, third} == std::vector{1, 0, 0});
  in.serializeDeferments();
  CHECK(std::vector{first, second, third} == std::vector{1, 2, 3});
  CHECK(in.remaining() == 0);
}
