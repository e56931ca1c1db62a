// To ask whether something crosses is never an error, whatever it is.
#include <crosspool/trace.hpp>

#include <cereal/types/polymorphic.hpp>

#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "battery.hpp"

using battery::is_sound;

namespace {

class date {
public:
  explicit date(int days) : days_(days) {}

private:
  int days_;
};
int global = 0;

struct date_behind { // a member that braces cannot make, in second place
  std::string text;
  date when = date(0);
};
struct date_at_last {
  int a, b, c;
  date when = date(0);
};
struct reference_behind {
  std::string text;
  int& number = global;
};
struct has_members {
  int a;
};
struct date_behind_base : has_members {
  std::string text;
  date when = date(0);
};
struct only_dates : has_members {
  date when = date(0);
};

struct pixel { // an anonymous struct, which is an extension of the language
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
  struct {
    unsigned char r, g, b;
  };
#pragma GCC diagnostic pop
  int pad;
};
struct pixel_behind {
  int pad;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
  struct {
    unsigned char r, g, b;
  };
#pragma GCC diagnostic pop
};
struct vector_of_three {
  union {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
    struct {
      float x, y, z;
    };
#pragma GCC diagnostic pop
    float all[3];
  };
};
struct packet {
  int size;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
  char data[];
#pragma GCC diagnostic pop
};
struct zero_array {
  int size;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
  char data[0];
#pragma GCC diagnostic pop
};

struct no_address {
  int* pointer;
  no_address* operator&() = delete;
  const no_address* operator&() const = delete;
};
struct has_no_address {
  int id;
  no_address inner;
};

template <class K, class V> class like_a_map { // but that it lacks what cereal asks of one
public:
  using key_type = K;
  using mapped_type = V;
  using value_type = std::pair<const K, V>;
  using iterator = value_type*;
  using const_iterator = const value_type*;
  iterator begin() { return nullptr; }
  iterator end() { return nullptr; }
  const_iterator begin() const { return nullptr; }
  const_iterator end() const { return nullptr; }
  std::size_t size() const { return 0; }
  void clear() {}

private:
  int* nodes_ = nullptr;
};
struct only_types {
  only_types() {}
  using key_type = int;
  using mapped_type = int;
  int* pointer = nullptr;
};
struct claims_elements {
  claims_elements() {}
  using value_type = void;
  using element_type = int&;
  int* pointer = nullptr;
};
struct incomplete;
struct deletes {
  void operator()(incomplete*) const {}
};
struct immovable {
  immovable() = default;
  immovable(const immovable&) = delete;
  int a = 0;
};
struct no_destructor {
  ~no_destructor() = delete;
  int a = 0;
};
struct private_destructor {
private:
  ~private_destructor() = default;
};
struct abstract {
  virtual void f() = 0;
  virtual ~abstract() = default;
};
struct private_base_holder : private has_members {
  int b = 0;
};
struct virtual_base_holder : virtual has_members {
  int b = 0;
};

} // namespace

namespace cereal::users { // not cereal's own
struct in_namespace {
  int a = 0;
  std::string b;
  bool operator==(const in_namespace&) const = default;
};
} // namespace cereal::users
namespace cerealbar {
struct in_namespace {
  int a = 0;
  bool operator==(const in_namespace&) const = default;
};
} // namespace cerealbar

TEST_CASE("aggregates whose members cannot be counted are refused, and that is all") {
  REFUSED_SOMEHOW(date_behind);
  REFUSED_SOMEHOW(date_at_last);
  REFUSED_SOMEHOW(reference_behind);
  REFUSED_SOMEHOW(date_behind_base);
  REFUSED_SOMEHOW(only_dates);
  REFUSED_SOMEHOW(packet);
}

TEST_CASE("anonymous structs are refused, and that is all") {
  REFUSED_SOMEHOW(vector_of_three);
  is_sound(pixel{{1, 2, 3}, 4},
           [](const pixel& a, const pixel& b) { return a.r == b.r && a.g == b.g && a.b == b.b && a.pad == b.pad; });
  is_sound(pixel_behind{4, {1, 2, 3}}, [](const pixel_behind& a, const pixel_behind& b) {
    return a.r == b.r && a.g == b.g && a.b == b.b && a.pad == b.pad;
  });
#if defined(__clang__) || __GNUC__ > 11 // g++ 11 makes a hard error of looking at the bits of one
  is_sound(zero_array{3, {}}, [](const zero_array& a, const zero_array& b) { return a.size == b.size; });
#endif
}

TEST_CASE("what has no address, looks like a container or cannot be made is refused, and that is all") {
  REFUSED(raw_pointer, ".inner.pointer", has_no_address);
  REFUSED_SOMEHOW(like_a_map<int, int>);
  REFUSED_SOMEHOW(like_a_map<std::string, int*>);
  REFUSED_SOMEHOW(only_types);
  REFUSED_SOMEHOW(claims_elements);
  REFUSED_SOMEHOW(no_destructor);
  REFUSED_SOMEHOW(private_destructor);
  REFUSED_SOMEHOW(abstract);
  REFUSED_SOMEHOW(private_base_holder);
  REFUSED_SOMEHOW(virtual_base_holder);
  REFUSED_SOMEHOW(std::unique_ptr<incomplete>);
  REFUSED_SOMEHOW(std::unique_ptr<incomplete, deletes>);
  REFUSED_SOMEHOW(std::map<int, std::unique_ptr<incomplete, deletes>>);
  static_cast<void>(crosspool::crossable<immovable>);
}

TEST_CASE("what does not cross can be traced") {
  const std::vector<std::unique_ptr<incomplete, deletes>> pointers(1);
  CHECK_FALSE(crosspool::trace(pointers).crosses());
  CHECK_FALSE(crosspool::trace(has_no_address{1, {nullptr}}).crosses());
  CHECK_FALSE(crosspool::trace<date_behind>().crosses());
  CHECK_FALSE(crosspool::trace<packet>().crosses());
}

TEST_CASE("a namespace that is called like cereal's, or is in it, is none of cereal's own") {
  battery::arrives(cereal::users::in_namespace{1, "b"});
  battery::arrives(cerealbar::in_namespace{1});
}
