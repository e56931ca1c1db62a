// A program whose crosspool::init is reached in the program but not in its workers: these do not report, and end.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <cstring>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "start") != 0) // what else could this be but an option that we do not know
    return 64;
  crosspool::init(argc, argv);
  try {
    crosspool::spawn_pool pool{2};
  } catch (const crosspool::start_failed& e) {
    std::puts(e.what());
    return std::strstr(e.what(), "exited with status 64") != nullptr ? 0 : 1;
  }
  return 2;
}
