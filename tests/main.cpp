#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

#include <crosspool/crosspool.hpp>

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  return Catch::Session().run(argc, argv);
}
