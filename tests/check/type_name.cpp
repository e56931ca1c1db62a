// How types are spelled at compile time and at run time.
#include <crosspool/check/type_name.hpp>
#include <crosspool/os/demangle.hpp>

#include <map>
#include <stdexcept>
#include <vector>

#include "catch.hpp"

using namespace crosspool::detail;

namespace named {
struct thing {};
template <class T, int N> struct box {};
enum class color { red };
} // namespace named

TEST_CASE("type_name is the compiler's spelling and nothing around it") {
  STATIC_REQUIRE(type_name<int>() == "int");
  STATIC_REQUIRE(type_name<double>() == "double");
  STATIC_REQUIRE(type_name<void>() == "void");
  STATIC_REQUIRE(type_name<const int>() == "const int");
  STATIC_REQUIRE(type_name<named::thing>() == "named::thing");
  STATIC_REQUIRE(type_name<named::color>() == "named::color");
  STATIC_REQUIRE(type_name<named::box<double, 3>>() == "named::box<double, 3>");
  STATIC_REQUIRE(type_name<named::box<named::thing, 3>>() == "named::box<named::thing, 3>");
}

TEST_CASE("type_name tells types apart") {
  STATIC_REQUIRE(type_name<int*>() != type_name<int>());
  STATIC_REQUIRE(type_name<int&>() != type_name<int&&>());
  STATIC_REQUIRE(type_name<named::box<int, 1>>() != type_name<named::box<int, 2>>());
}

TEST_CASE("std_name knows namespace std under its inline namespaces") {
  STATIC_REQUIRE(std_name("std::mutex") == "mutex");
  STATIC_REQUIRE(std_name("std::__cxx11::basic_string<char>") == "basic_string<char>");
  STATIC_REQUIRE(std_name("std::__1::mutex") == "mutex");
  STATIC_REQUIRE(std_name("mutex").empty());
  STATIC_REQUIRE(std_name("named::std::mutex").empty());
  STATIC_REQUIRE(std_name("standard::mutex").empty());
  STATIC_REQUIRE(std_name("").empty());
  STATIC_REQUIRE_FALSE(std_name(type_name<std::vector<int>>()).empty());
  STATIC_REQUIRE_FALSE(std_name(type_name<std::map<int, named::thing>>()).empty());
  STATIC_REQUIRE(std_name(type_name<named::thing>()).empty());
  STATIC_REQUIRE(std_name(type_name<named::box<std::vector<int>, 1>>()).empty());
}

TEST_CASE("demangle reads the names of run-time types") {
  CHECK(demangle(typeid(int)) == "int");
  CHECK(demangle(typeid(named::thing)) == "named::thing");
  CHECK(demangle(typeid(named::box<named::thing, 3>)) == "named::box<named::thing, 3>");
  CHECK(demangle(typeid(std::runtime_error)) == "std::runtime_error");
  CHECK(demangle("_ZN5named5thingE") == "named::thing");
}

TEST_CASE("demangle gives back what it cannot read") {
  CHECK(demangle("no mangled name") == "no mangled name");
  CHECK(demangle("") == "");
}
