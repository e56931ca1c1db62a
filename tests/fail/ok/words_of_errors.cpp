// A program that uses the library's namespace has its common words for itself: those of the library's errors are
// elsewhere.
#include <crosspool/crosspool.hpp>

using namespace crosspool;

struct result {};
struct view {};
struct path {};
struct text {};
struct member {};
struct reference {};
struct iterator {};
struct constant {};
struct pointee {};
struct comparator {};
struct hasher {};
struct allocator {};
struct deleter {};
struct alternative {};
struct also {};
struct map_argument {
  path where;
  text what;
};

static_assert(crossable<map_argument>);

int call(fork_pool& pool, const std::vector<map_argument>& items) {
  return pool.map([](const map_argument&) { return 1; }, items).front();
}
result answer(view, member, reference, iterator, constant, pointee, comparator, hasher, allocator, deleter, alternative,
              also);
