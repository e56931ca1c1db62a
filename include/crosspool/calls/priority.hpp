// Where something has its place in a queue that is ordered by priority, the highest first. Where all are the same, that
// is one of its ends.
#ifndef CROSSPOOL_CALLS_PRIORITY_HPP
#define CROSSPOOL_CALLS_PRIORITY_HPP

#include <crosspool/version.hpp>

#include <iterator>

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

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
