// Each public header, included alone: it compiles, and what it promises links. A file per header says whether it works.
#include <cstdio>

#define HEADERS(x) x(archive) x(broadcast) x(crossable) x(crosses) x(outcome) x(policy) x(trace)

#define DECLARE(name) bool name##_works();
HEADERS(DECLARE)

int main() {
  int failed = 0;
#define TRY(name)                                                                                                      \
  if (!name##_works()) {                                                                                               \
    std::puts(#name ".hpp does not work alone");                                                                       \
    ++failed;                                                                                                          \
  }
  HEADERS(TRY)
  return failed;
}
