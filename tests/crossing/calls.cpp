// Where mappable says so, the call compiles; and where it says no, it is for a reason that the type has.
#include <crosspool/crosspool.hpp>

#include <cereal/types/atomic.hpp>
#include <cereal/types/deque.hpp>
#include <cereal/types/queue.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <utility>
#include <vector>

#include "../catch.hpp"

namespace {

// Compiled, never run.
template <class P, class F, class T> void call(crosspool::pool<P>& pool, F& f, std::vector<T>& values) {
  static_cast<void>(pool.map(f, std::move(values)));
}
// What mappable says; the call that it allows is compiled.
template <class P, class F, class T> bool allowed(F&) {
  if constexpr (crosspool::mappable<P, F, T>) {
    [[maybe_unused]] void (*const compiled)(crosspool::pool<P>&, F&, std::vector<T>&) = call<P, F, T>;
    return true;
  } else
    return false;
}

struct counts { // cannot be moved to where its function finds it
  std::atomic<int> number{0};
};
class with_lock { // crosses by its function, and cannot be moved
public:
  with_lock() = default;
  template <class Archive> void serialize(Archive& archive) { archive(number_); }

private:
  std::mutex lock_;
  int number_ = 0;
};
class known_to_cereal {
public:
  explicit known_to_cereal(int from) : number(from) {}
  int number;

private:
  friend class cereal::access;
  known_to_cereal() = default;
  template <class Archive> void serialize(Archive& archive) { archive(number); }
};
struct event {
  std::string text;
  std::unique_ptr<int> number;
};
struct owner {
  int number = 0;
  ~owner() { number = -1; }
};

std::deque<std::unique_ptr<int>> owners(int count) {
  std::deque<std::unique_ptr<int>> made;
  for (int i = 0; i < count; ++i)
    made.push_back(std::make_unique<int>(i));
  return made;
}
std::queue<std::unique_ptr<int>> queued(int) {
  return {};
}
event moved(event from) {
  return from;
}
int from_count(const counts&) {
  return 0;
}
int from_lock(const with_lock&) {
  return 0;
}
int from_known(const std::shared_ptr<known_to_cereal>& from) {
  return from->number;
}
owner from_int(int) {
  return {};
}
int from_owner(const owner&) {
  return 0;
}
int by_reference(std::string& text) {
  return static_cast<int>(text.size());
}
int from_entry(const std::pair<std::string, int>& entry) {
  return entry.second;
}

} // namespace

TEST_CASE("what mappable allows compiles") {
  CHECK(allowed<crosspool::fork, decltype(owners), int>(owners));
  CHECK(allowed<crosspool::fork, decltype(queued), int>(queued));
  CHECK(allowed<crosspool::fork, decltype(moved), event>(moved));
  CHECK(allowed<crosspool::fork, decltype(from_known), std::shared_ptr<known_to_cereal>>(from_known));
  CHECK(allowed<crosspool::fork, decltype(from_entry), std::pair<std::string, int>>(from_entry));
}

TEST_CASE("what cannot be called, moved or sent is not mappable") {
  CHECK_FALSE(allowed<crosspool::fork, decltype(from_count), counts>(from_count));
  CHECK_FALSE(allowed<crosspool::fork, decltype(from_lock), with_lock>(from_lock));
  CHECK_FALSE(allowed<crosspool::fork, decltype(from_int), int>(from_int));
  CHECK_FALSE(allowed<crosspool::fork, decltype(from_owner), owner>(from_owner));
  CHECK_FALSE(allowed<crosspool::fork, decltype(by_reference), std::string>(by_reference));
  CHECK_FALSE(allowed<crosspool::fork, decltype(from_entry), int>(from_entry));
}

TEST_CASE("elements that cannot be copied come back in what cannot be copied") {
  crosspool::fork_pool pool{1};
  const auto one = pool.apply(owners, 2);
  REQUIRE(one.size() == 2);
  CHECK(*one[1] == 1);
  const auto many = pool.map(owners, std::vector<int>{1, 3});
  REQUIRE(many.size() == 2);
  CHECK(*many[1][2] == 2);
}
