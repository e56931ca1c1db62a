#include <crosspool/crosspool.hpp>

#include <mutex>

struct Closed {
  std::FILE* file;
};
template <class T> constexpr bool only_threads = !crosspool::crossable<T> &&
                                                 crosspool::crossable_to<T, crosspool::thread> &&
                                                 !crosspool::crossable_to<T, crosspool::fork> &&
                                                 !crosspool::crossable_to<T, crosspool::spawn>;
static_assert(only_threads<Closed> && only_threads<int*> && only_threads<std::vector<std::string_view>>);
static_assert(only_threads<int&> && only_threads<std::unique_ptr<std::mutex>> && only_threads<void (*)()>);
static_assert(crosspool::crossable_to<int, crosspool::spawn>);
