// Aggregates that own something: a destructor, or a copy, of their own says so. A copy through bytes would close and
// delete what is still in use, here and there.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "battery.hpp"

using battery::arrives;

namespace {

int closed = 0;

struct file {
  int descriptor = -1;
  ~file() {
    if (descriptor >= 0)
      ++closed;
  }
};
struct temporary_file {
  std::string path;
  ~temporary_file() { closed += static_cast<int>(path.size()); }
};
struct defaulted_destructor { // which reads the same
  int a;
  std::string b;
  ~defaulted_destructor() = default;
};
struct own_assignment {
  std::string text;
  int copies = 0;
  own_assignment& operator=(const own_assignment& from) {
    text = from.text;
    copies = from.copies + 1;
    return *this;
  }
};
struct tag {};
struct tagged_file : tag {
  int descriptor = -1;
  ~tagged_file() { ++closed; }
};
struct constant_owner {
  const int descriptor = -1;
  const std::string path;
  ~constant_owner() { ++closed; }
};
struct owner_of_unique {
  std::unique_ptr<int> number;
  ~owner_of_unique() { ++closed; }
};
struct empty_guard {
  ~empty_guard() { ++closed; }
};
struct job {
  int id;
  file output;
};
struct only_a_file : file {};
struct in_array {
  int id;
  file outputs[2];
};
struct has_guard {
  int id;
  empty_guard guard;
};

struct with_functions { // who writes functions says what is to cross
  int number = 0;
  ~with_functions() { ++closed; }
  bool operator==(const with_functions&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(number); }
};

// Neighbours that own by their members, or are hard to move, and cross.
struct by_members {
  std::string text;
  std::vector<std::string> list;
  std::map<int, std::string> map;
  bool operator==(const by_members&) const = default;
};
struct by_constant_members {
  const std::string text;
  const std::vector<int> list;
  bool operator==(const by_constant_members&) const = default;
};
struct by_pointers {
  std::unique_ptr<std::string> unique;
  std::shared_ptr<std::string> shared;
};
class only_copied { // has no move constructor
public:
  only_copied() = default;
  explicit only_copied(std::string text) : text_(std::move(text)) {}
  only_copied(const only_copied&) = default;
  only_copied& operator=(const only_copied&) = default;
  bool operator==(const only_copied&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(text_); }

private:
  std::string text_;
};
class only_moved {
public:
  only_moved() = default;
  explicit only_moved(std::string text) : text_(std::move(text)) {}
  only_moved(only_moved&&) = default;
  only_moved& operator=(only_moved&&) = default;
  bool operator==(const only_moved&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(text_); }

private:
  std::string text_;
};
class throws_when_moved {
public:
  throws_when_moved() = default;
  explicit throws_when_moved(int number) : number_(number) {}
  throws_when_moved(const throws_when_moved& from) : number_(from.number_) {}
  throws_when_moved& operator=(const throws_when_moved& from) {
    number_ = from.number_;
    return *this;
  }
  ~throws_when_moved() { number_ = -1; }
  bool operator==(const throws_when_moved&) const = default;
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  int number_ = 0;
};
struct of_hard_to_move {
  only_copied a;
  throws_when_moved b;
  with_functions c;
  bool operator==(const of_hard_to_move&) const = default;
};
struct of_moved {
  only_moved a;
  int b;
  bool operator==(const of_moved&) const = default;
};
struct of_array {
  std::string a[2];
  throws_when_moved b[2];
  bool operator==(const of_array&) const = default;
};

} // namespace

TEST_CASE("an aggregate with a destructor or a copy of its own is refused, wherever it stands") {
  REFUSED(owns_something, "", file);
  REFUSED(owns_something, "", temporary_file);
  REFUSED(owns_something, "", defaulted_destructor);
  REFUSED(owns_something, "", own_assignment);
  REFUSED(owns_something, "", tagged_file);
  REFUSED(owns_something, "", constant_owner);
  REFUSED(owns_something, "", owner_of_unique);
  REFUSED(owns_something, "", empty_guard);
  REFUSED(owns_something, ".output", job);
  REFUSED(owns_something, "", only_a_file);
  REFUSED(owns_something, ".outputs[]", in_array);
  REFUSED(owns_something, ".guard", has_guard);
  REFUSED(owns_something, "[]", std::vector<file>);
  REFUSED(owns_something, "->", std::unique_ptr<file>);
  REFUSED(owns_something, "->", std::shared_ptr<temporary_file>);
  REFUSED(owns_something, "[].value[]", std::map<int, std::optional<temporary_file>>);
}

TEST_CASE("what owns by its members alone, or has functions, is no owner") {
  arrives(with_functions{3});
  arrives(by_members{"text", {"a", "b"}, {{1, "one"}}});
  arrives(by_constant_members{"text", {1, 2}});
  arrives(of_hard_to_move{only_copied("a"), throws_when_moved(2), {3}});
  arrives(of_moved{only_moved("a"), 2});
  arrives(of_array{{"a", "b"}, {throws_when_moved(1), throws_when_moved(2)}});
  arrives(by_pointers{std::make_unique<std::string>("u"), std::make_shared<std::string>("s")},
          [](const by_pointers& a, const by_pointers& b) { return *a.unique == *b.unique && *a.shared == *b.shared; });
}
