#include <crosspool/outcome.hpp>

bool outcome_works();
bool outcome_works() {
  return crosspool::outcome<int>(3).value() == 3;
}
