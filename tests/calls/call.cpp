// A call's results come in the order of its parcels, each let go of when it has been read.
#include <crosspool/calls/call.hpp>

#include <deque>
#include <memory>
#include <stdexcept>
#include <vector>

#include "calls.hpp"
#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

TEST_CASE("a call gives the results of its parcels in order and lets go of them") {
  call<int> c;
  c.home()->seal();
  const auto first = source_of<int>(1, 2);
  c.add(first);
  c.add(source_of<int>(3));
  CHECK(c.take().take() == std::vector{1, 2, 3});
  CHECK(first.use_count() == 1);
}

TEST_CASE("results that could be copied only in words are moved") {
  using owned = std::deque<std::unique_ptr<int>>;
  results<owned> together, apart(true);
  for (auto* const to : {&together, &apart}) {
    to->reserve(100);
    for (int i = 0; i < 100; ++i) {
      owned one;
      one.push_back(std::make_unique<int>(i));
      to->add(std::move(one));
    }
  }
  CHECK(*together.take().at(99).at(0) == 99);
  CHECK(*apart.take_outcomes().at(99).value().at(0) == 99);
}

TEST_CASE("results are values and the first error, or each outcome apart") {
  results<int> together, apart(true);
  for (auto* const to : {&together, &apart}) {
    to->reserve(4);
    to->add(1);
    const int more[] = {2, 3};
    to->add(more, more + 2);
    CHECK_FALSE(to->settled());
  }
  for (auto* const to : {&together, &apart}) {
    to->fail(failed("fourth").error);
    to->fail(failed("fifth").error);
  }
  CHECK(together.settled());
  CHECK_FALSE(apart.settled());
  CHECK_THROWS_WITH(together.take(), "fourth");
  const auto all = apart.take_outcomes();
  REQUIRE(all.size() == 5);
  CHECK(*all[2] == 3);
  CHECK_THROWS_WITH(all[3].value(), "fourth");
  CHECK_THROWS_WITH(all[4].value(), "fifth");
}

TEST_CASE("what has arrived is collected in order, and no more") {
  class late final : public result_source<int> {
  public:
    [[nodiscard]] bool arrived() const noexcept override { return is_here; }
    void unpack(results<int>& to) override { to.add(2); }
    bool is_here = false;
  };
  call<int> c;
  c.home()->seal();
  const auto first = source_of<int>(1), third = source_of<int>(3);
  const auto second = std::make_shared<late>();
  c.add(first);
  c.add(second);
  c.add(third);
  c.collect();
  CHECK(first.use_count() == 1);
  CHECK(third.use_count() == 2);
  second->is_here = true;
  c.collect();
  CHECK(third.use_count() == 1);
  CHECK(c.take().take() == std::vector{1, 2, 3});
}
