// A program that makes no spawn pool, so that a worker's argument is one like any other.
#include <crosspool/crosspool.hpp>

#include <cstdio>

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  crosspool::fork_pool pool{1};
  std::printf("%d %s\n", pool.apply([](int x) { return x + 1; }, argc), argv[argc - 1]);
}
