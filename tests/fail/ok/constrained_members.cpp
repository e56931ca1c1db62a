#include <crosspool/crosspool.hpp>

#include <functional>

template <class T> class Queue {
public:
  void send()
    requires crosspool::crossable_to<T, crosspool::fork>;
  template <class P> static constexpr bool can_be_sent = requires(Queue queue) { queue.send(); };
};
static_assert(Queue<int>::can_be_sent<int>);
static_assert(!Queue<int*>::can_be_sent<int>);
static_assert(!Queue<std::function<void()>>::can_be_sent<int>);
