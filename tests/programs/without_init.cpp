// A program that makes a spawn pool and has forgotten crosspool::init: it is told so, and main runs once.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <cstring>

int main() {
  std::puts("main runs"); // CTest sees it once
  try {
    crosspool::spawn_pool pool{2};
  } catch (const crosspool::start_failed& e) {
    std::puts(e.what());
    return std::strstr(e.what(), "crosspool::init") != nullptr ? 0 : 1;
  }
  return 2;
}
