// A program whose crosspool::init is reached in the program but not in its workers, which end or, told so by the
// environment, hang: construction says which.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>

int main(int argc, char** argv) {
  const bool hangs = std::getenv("LATE_INIT_HANGS") != nullptr;
  if (argc > 1) { // what else could this be but an option that we do not know
    if (hangs)
      ::pause();
    return 64;
  }
  crosspool::init(argc, argv);
  try {
    crosspool::spawn_pool pool{{.workers = 2, .start_timeout = std::chrono::milliseconds(hangs ? 100 : 60'000)}};
  } catch (const crosspool::start_failed& e) {
    std::puts(e.what());
    const bool none_left = ::waitpid(-1, nullptr, WNOHANG) == -1;
    return std::strstr(e.what(), hangs ? "did not report" : "exited with status 64") != nullptr && none_left ? 0 : 1;
  }
  return 2;
}
