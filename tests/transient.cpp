// What stays behind: members that are not sent and that each object has of its own.
#include <crosspool/crosspool.hpp>
#include <crosspool/transient.hpp>

#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace crosspool;

namespace {

int made = 0;
int count_made() {
  return ++made;
}

// Can be made of one thing only, and not moved.
class Handle {
public:
  explicit Handle(int number) : number_(number) {}
  Handle(Handle&&) = delete;
  [[nodiscard]] int number() const { return number_; }

private:
  int number_;
};

struct Job {
  int id = 0;
  transient<std::mutex> lock;
  std::string name;
  transient<std::map<int, int>> cache;
  transient<std::FILE*> file;
  transient<std::function<int()>> later;
  transient<Handle, [] { return Handle(7); }> handle;
  bool operator==(const Job&) const = default;
  auto operator<=>(const Job&) const = default;
};

Job changed(Job job) {
  const std::lock_guard lock(*job.lock);
  job.name += job.cache->empty() && *job.file == nullptr && !*job.later && job.handle->number() == 7 ? "!" : "?";
  (*job.cache)[1] = 1;
  return job;
}

} // namespace

TEST_CASE("a transient is not sent, and the struct that has it crosses") {
  STATIC_REQUIRE(crossable<Job>);
  STATIC_REQUIRE(crossable<std::vector<Job>>);
  STATIC_REQUIRE(mappable<crosspool::fork, Job (*)(Job), Job>);
  Job job;
  job.id = 3;
  job.name = "three";
  (*job.cache)[4] = 5;
  *job.file = stdout;
  *job.later = [] { return 1; };
  CHECK(crosses(job));
  for (const auto& back : {fork_pool(1).apply(changed, job), inline_pool<spawn>(1).apply(changed, job)}) {
    CHECK(back.id == 3);
    CHECK(back.name == "three!");
    CHECK(back.cache->empty());
  }
  CHECK(job.cache->at(4) == 5);
}

TEST_CASE("a transient is made anew for each object, by the function that is given") {
  using Counted = transient<int, count_made>;
  made = 0;
  Counted first;
  Counted copy(first), moved(std::move(first));
  CHECK(*first == 1);
  CHECK(*copy == 2);
  CHECK(*moved == 3);
  copy = moved;
  CHECK(*copy == 2);
  copy = std::move(moved);
  CHECK(*copy == 2);
  CHECK(made == 3);
  CHECK(*Counted(10) == 10);
}

TEST_CASE("any two transients are equal") {
  Job one, other;
  (*other.cache)[1] = 1;
  CHECK(one == other);
  CHECK_FALSE(one < other);
  other.id = 1;
  CHECK(one != other);
  CHECK(std::set<Job>{one, one, other}.size() == 2);
  STATIC_REQUIRE(std::is_copy_constructible_v<Job>);
  STATIC_REQUIRE(std::is_move_assignable_v<Job>);
}

TEST_CASE("a transient in a const value, and what a const one gives") {
  const transient<std::string> text("here");
  CHECK(*text == "here");
  CHECK(text->size() == 4);
  const auto copy = text;
  CHECK(copy->empty());
}

TEST_CASE("trace says of a transient that it stays behind") {
  int found = 0;
  const auto traced = trace(Job{});
  for (const auto& line : traced.lines())
    found += line.name == "cache" && line.how == "stays behind" && line.crosses ? 1 : 0;
  CHECK(found == 1);
}
