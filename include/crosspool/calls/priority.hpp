// Queues of what workers are to do, ordered by priority, the highest first: where something has its place, which is one
// of the ends where all priorities are the same; and how what is no longer to be done is taken out.
#ifndef CROSSPOOL_CALLS_PRIORITY_HPP
#define CROSSPOOL_CALLS_PRIORITY_HPP

#include <crosspool/version.hpp>

#include <iterator>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

/// Behind those of the same priority. priority_of: of an element.
template <class Queue, class PriorityOf> auto place_behind(Queue& queue, int priority, const PriorityOf& priority_of) {
  auto at = queue.end();
  while (at != queue.begin() && priority_of(*std::prev(at)) < priority)
    --at;
  return at;
}

/// Before those of the same priority.
template <class Queue, class PriorityOf> auto place_before(Queue& queue, int priority, const PriorityOf& priority_of) {
  auto at = queue.begin();
  while (at != queue.end() && priority_of(*at) > priority)
    ++at;
  return at;
}

/// Takes those that is() is true of out of the queue. In their order, as the others stay in theirs.
template <class Queue, class Is> Queue take_if(Queue& queue, const Is& is) {
  Queue taken, left;
  for (auto& each : queue)
    (is(each) ? taken : left).push_back(std::move(each));
  queue.swap(left);
  return taken;
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
