// Places in a queue that is ordered by priority.
#include <crosspool/calls/priority.hpp>

#include <deque>
#include <utility>

#include "catch.hpp"

using namespace crosspool::detail;

namespace {

using queued_one = std::pair<int, char>;
int priority_of(const queued_one& each) {
  return each.first;
}

} // namespace

TEST_CASE("a place is behind or before those of the same priority") {
  std::deque<queued_one> queue;
  const auto behind = [&](queued_one e) { queue.insert(place_behind(queue, e.first, priority_of), e); };
  const auto before = [&](queued_one e) { queue.insert(place_before(queue, e.first, priority_of), e); };
  behind({0, 'a'});
  behind({0, 'b'});
  behind({5, 'c'});
  behind({-5, 'd'});
  behind({5, 'e'});
  before({0, 'f'});
  before({9, 'g'});
  before({-9, 'h'});
  CHECK(queue ==
        std::deque<queued_one>{{9, 'g'}, {5, 'c'}, {5, 'e'}, {0, 'f'}, {0, 'a'}, {0, 'b'}, {-5, 'd'}, {-9, 'h'}});
}
