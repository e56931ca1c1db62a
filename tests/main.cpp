#define CATCH_CONFIG_RUNNER
#include <crosspool/crosspool.hpp>

#include "catch.hpp"
#include "scenario.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  if (const int status = scenario::run(argc, argv); status != -1)
    return status;
  return Catch::Session().run(argc, argv);
}
