// A namespace full of names that the library uses itself: none of them is called with the values of its classes.
#include <crosspool/trace.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "battery.hpp"

namespace app {

struct job {
  int id = 0;
  std::string name;
};
struct mark {
  char letter = 'a';
};

#define APP_TAKES_ANYTHING(name)                                                                                       \
  template <class... T> [[maybe_unused]] int name(T&&...) {                                                            \
    return 0;                                                                                                          \
  }                                                                                                                    \
  template <class A, class B> [[maybe_unused]] int name(A&, const B&) {                                                \
    return 0;                                                                                                          \
  }                                                                                                                    \
  template <class A, class B> [[maybe_unused]] int name(A&, B&) {                                                      \
    return 0;                                                                                                          \
  }
APP_TAKES_ANYTHING(put)
APP_TAKES_ANYTHING(take)
APP_TAKES_ANYTHING(encode)
APP_TAKES_ANYTHING(decode)
APP_TAKES_ANYTHING(build)
APP_TAKES_ANYTHING(make)
APP_TAKES_ANYTHING(replace)
APP_TAKES_ANYTHING(take_elements)
APP_TAKES_ANYTHING(take_run)
APP_TAKES_ANYTHING(examine)
APP_TAKES_ANYTHING(examine_part)
APP_TAKES_ANYTHING(examine_parts)
APP_TAKES_ANYTHING(inspect)
APP_TAKES_ANYTHING(collect)
APP_TAKES_ANYTHING(distinct)
APP_TAKES_ANYTHING(refuse)
APP_TAKES_ANYTHING(trace)
APP_TAKES_ANYTHING(crosses)
APP_TAKES_ANYTHING(bind)
APP_TAKES_ANYTHING(invoke)
APP_TAKES_ANYTHING(apply)
APP_TAKES_ANYTHING(move)
APP_TAKES_ANYTHING(forward)
APP_TAKES_ANYTHING(exchange)
APP_TAKES_ANYTHING(addressof)
APP_TAKES_ANYTHING(open)
APP_TAKES_ANYTHING(addressable)
APP_TAKES_ANYTHING(number)
APP_TAKES_ANYTHING(say)
APP_TAKES_ANYTHING(readable)
APP_TAKES_ANYTHING(type_at)
APP_TAKES_ANYTHING(step_at)
APP_TAKES_ANYTHING(first_of)
APP_TAKES_ANYTHING(as_one)
APP_TAKES_ANYTHING(send)
APP_TAKES_ANYTHING(receive)
APP_TAKES_ANYTHING(run)
APP_TAKES_ANYTHING(call)
APP_TAKES_ANYTHING(get)
APP_TAKES_ANYTHING(visit)
#undef APP_TAKES_ANYTHING
inline auto members(const job& from) {
  return std::tie(from.id); // what jobs are compared by
}
inline auto members(job& from) {
  return std::tie(from.id);
}

struct constant {
  const int id;
  const std::string name;
};
struct nested {
  std::vector<job> jobs;
  std::map<std::string, job> named;
  std::optional<job> one;
  job all[2];
  std::vector<mark> marks;
};
class with_functions {
public:
  with_functions() {}
  template <class Archive> void serialize(Archive& archive) { archive(inner); }
  job inner;
};
class minimal {
public:
  minimal() {}
  template <class Archive> int save_minimal(const Archive&) const { return number; }
  template <class Archive> void load_minimal(const Archive&, const int& from) { number = from; }
  int number = 0;
};

} // namespace app

using battery::arrives;

namespace {
bool same(const app::job& a, const app::job& b) {
  return a.id == b.id && a.name == b.name;
}
} // namespace

TEST_CASE("a user's functions are not taken for the library's") {
  const app::job j{1, "name"};
  arrives(j, same);
  arrives(app::constant{1, "name"},
          [](const app::constant& a, const app::constant& b) { return a.id == b.id && a.name == b.name; });
  arrives(app::nested{{j}, {{"k", j}}, j, {j, {}}, {{'z'}}}, [](const app::nested& a, const app::nested& b) {
    return a.jobs.size() == 1 && same(a.jobs[0], b.jobs[0]) && same(a.named.at("k"), b.named.at("k")) &&
           same(*a.one, *b.one) && same(a.all[0], b.all[0]) && a.marks[0].letter == b.marks[0].letter;
  });
  app::with_functions f;
  f.inner = j;
  arrives(f, [](const app::with_functions& a, const app::with_functions& b) { return same(a.inner, b.inner); });
  app::minimal m;
  m.number = 3;
  arrives(m, [](const app::minimal& a, const app::minimal& b) { return a.number == b.number; });
  arrives(std::make_shared<app::job>(j),
          [](const std::shared_ptr<app::job>& a, const std::shared_ptr<app::job>& b) { return same(*a, *b); });
  arrives(std::vector<app::constant>{{1, "name"}},
          [](const auto& a, const auto& b) { return a.size() == b.size() && a[0].name == b[0].name; });
}

TEST_CASE("nor when their values are traced") {
  std::string lines;
  const auto traced = crosspool::trace(app::nested{{{1, "name"}}, {}, {}, {}, {}});
  for (const auto& line : traced.lines())
    lines += line.name + ' ';
  CHECK(lines.find("name") != std::string::npos);
}
