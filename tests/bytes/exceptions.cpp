// That exceptions come out of bytes as they went in: standard ones and crosspool's as their own types, others as a
// remote_error that names their type.
#include <crosspool/bytes/exceptions.hpp>

#include <any>
#include <filesystem>
#include <future>
#include <ios>
#include <limits>
#include <sstream>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

template <class E> bytes encoded(const E& thrown) {
  bytes buffer;
  try {
    throw thrown;
  } catch (...) {
    encode_current_exception(buffer);
  }
  return buffer;
}

std::exception_ptr decoded(const bytes& buffer) {
  byte_view rest = buffer;
  auto made = decode_exception(rest);
  CHECK(rest.empty());
  return made;
}

template <class E> std::exception_ptr send(const E& thrown) {
  return decoded(encoded(thrown));
}

// What arrived, which must be of just this type.
template <class E> E arrived(const std::exception_ptr& sent) {
  REQUIRE(sent);
  try {
    std::rethrow_exception(sent);
  } catch (const E& e) {
    if constexpr (std::is_polymorphic_v<E>)
      REQUIRE(typeid(e) == typeid(E));
    return e;
  } catch (...) {
    FAIL("another type arrived");
  }
  throw std::logic_error("unreachable");
}

template <class... E, class Visit> void for_each_type(types<E...>, Visit visit) {
  (visit(std::type_identity<E>{}), ...);
}

void check_remote(const std::exception_ptr& sent, const std::string& type, const std::string& what) {
  const auto e = arrived<remote_error>(sent);
  CHECK_THAT(e.type(), ContainsSubstring(type));
  CHECK(e.what() == what);
}

struct my_error : std::out_of_range {
  using std::out_of_range::out_of_range;
};
struct my_alloc_error : std::bad_alloc {
  const char* what() const noexcept override { return "mine"; }
};
struct my_died : worker_died {
  using worker_died::worker_died;
};
struct no_exception {
  int number = 0;
};

class my_category : public std::error_category {
public:
  const char* name() const noexcept override { return "mine"; }
  std::string message(int code) const override { return "number " + std::to_string(code); }
};

} // namespace

TEST_CASE("exceptions with a text arrive as their own types") {
  for_each_type(rebuilt_from_text{}, []<class E>(std::type_identity<E>) {
    CHECK(std::string(arrived<E>(send(E("a text"))).what()) == "a text");
    CHECK(std::string(arrived<E>(send(E(""))).what()).empty());
    CHECK(arrived<E>(send(E(std::string(100000, 'x')))).what() == std::string(100000, 'x'));
  });
}

TEST_CASE("exceptions without a text arrive as their own types") {
  for_each_type(rebuilt_from_nothing{},
                []<class E>(std::type_identity<E>) { CHECK(std::string(arrived<E>(send(E())).what()) == E().what()); });
}

TEST_CASE("a system_error keeps its code and its text") {
  const auto code = GENERATE(ENOENT, EACCES, 0, 12345);
  const auto& category = GENERATE(true, false) ? std::generic_category() : std::system_category();
  for (const auto& original : {std::system_error(code, category), std::system_error(code, category, "opening x: y")}) {
    const auto e = arrived<std::system_error>(send(original));
    CHECK(e.code() == original.code());
    CHECK(e.code().category() == category);
    CHECK(std::string(e.what()) == original.what());
  }
}

TEST_CASE("other exceptions with a code keep it, too") {
  const std::ios_base::failure failure("reading", std::io_errc::stream);
  const auto f = arrived<std::ios_base::failure>(send(failure));
  CHECK(f.code() == std::io_errc::stream);
  CHECK(std::string(f.what()) == failure.what());
  std::istringstream in("x");
  in.exceptions(std::ios::failbit);
  int number = 0;
  try {
    in >> number;
    FAIL("no exception");
  } catch (const std::ios_base::failure& e) { // thrown by the library itself
    CHECK(std::string(arrived<std::ios_base::failure>(send(e)).what()) == e.what());
  }
  const std::future_error future(std::future_errc::no_state);
  CHECK(arrived<std::future_error>(send(future)).code() == std::future_errc::no_state);
}

TEST_CASE("a system_error of a category that may not exist there arrives as a remote_error") {
  const my_category category;
  const std::system_error original(7, category, "text");
  check_remote(send(original), "system_error", original.what());
  check_remote(send(std::filesystem::filesystem_error("text", std::error_code(7, category))), "filesystem_error",
               std::filesystem::filesystem_error("text", std::error_code(7, category)).what());
}

TEST_CASE("types that are derived from the known ones arrive as remote_errors") {
  check_remote(send(my_error("mine")), "my_error", "mine");
  check_remote(send(my_alloc_error()), "my_alloc_error", "mine");
  check_remote(send(my_died("mine", 1, 2, 3, 4)), "my_died", "mine");
  check_remote(send(std::bad_any_cast()), "bad_any_cast", std::bad_any_cast().what());
}

TEST_CASE("what is no exception arrives as a remote_error") {
  check_remote(send(-42), "int", "-42");
  check_remote(send(static_cast<const char*>("literal")), "char const*", "literal");
  check_remote(send(std::string("text")), "string", "text");
  check_remote(send(no_exception()), "no_exception", "an exception of type (anonymous namespace)::no_exception");
  CHECK(arrived<remote_error>(send(2.5)).type() == "double");
}

TEST_CASE("a null text is an exception, too") {
  CHECK(arrived<remote_error>(send(static_cast<const char*>(nullptr))).type() == "char const*");
}

TEST_CASE("crosspool's own errors keep what they carry") {
  const auto died = arrived<worker_died>(send(worker_died("gone", 5, 1234, 11, -1)));
  CHECK(std::string(died.what()) == "gone");
  CHECK(died.item() == 5);
  CHECK(died.pid() == 1234);
  CHECK(died.signal() == 11);
  CHECK(died.exit_status() == -1);
  check_remote(send(remote_error("some::type", "what it said")), "some::type", "what it said");
}

TEST_CASE("an exception can pass through several processes") {
  auto e = send(my_error("mine"));
  for (int i = 0; i < 3; ++i)
    e = send(arrived<remote_error>(e));
  check_remote(e, "my_error", "mine");
}

TEST_CASE("exceptions follow one another in a buffer") {
  auto buffer = encoded(std::runtime_error("first"));
  const auto second = encoded(std::bad_alloc());
  buffer.insert(buffer.end(), second.begin(), second.end());
  byte_view rest = buffer;
  CHECK(std::string(arrived<std::runtime_error>(decode_exception(rest)).what()) == "first");
  arrived<std::bad_alloc>(decode_exception(rest));
  CHECK(rest.empty());
}

TEST_CASE("an unknown form or type is a crosspool::error") {
  byte_view nothing;
  CHECK_THROWS_AS(decode_exception(nothing), error);
  CHECK_THROWS_AS(decoded(bytes(1, std::byte{99})), error);

  const auto form = GENERATE(exception_form::text, exception_form::nothing);
  const auto position = GENERATE(-1, 15, std::numeric_limits<int>::max(), std::numeric_limits<int>::min());
  bytes buffer;
  encode(buffer, form);
  encode(buffer, position);
  encode(buffer, std::string("text"));
  byte_view rest = buffer;
  CHECK_THROWS_AS(decode_exception(rest), error);
}

TEST_CASE("truncated exceptions are crosspool::errors") {
  const auto whole = GENERATE(encoded(std::runtime_error("text")), encoded(std::bad_alloc()),
                              encoded(std::system_error(1, std::generic_category(), "text")),
                              encoded(worker_died("gone", 1, 2, 3, 4)), encoded(no_exception()));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    byte_view rest = part;
    CHECK_THROWS_AS(decode_exception(rest), error);
  }
}

TEST_CASE("any garbage is an exception or a crosspool::error") {
  std::uint32_t state = 1;
  for (std::size_t round = 0; round < 2000; ++round) {
    bytes garbage(round % 40);
    for (auto& byte : garbage)
      byte = static_cast<std::byte>((state = state * 1664525 + 1013904223) >> 24U);
    if (!garbage.empty())
      garbage[0] &= std::byte{7};
    byte_view rest = garbage;
    try {
      const auto made = decode_exception(rest);
      REQUIRE(made);
    } catch (const error&) {
      SUCCEED("no exception in there");
    }
  }
}
