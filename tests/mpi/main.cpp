#define CATCH_CONFIG_RUNNER
#include <crosspool/init.hpp>

#include "../catch.hpp"

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  return Catch::Session().run(argc, argv);
}
