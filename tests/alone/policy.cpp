#include <crosspool/policy.hpp>

bool policy_works();
bool policy_works() {
  return crosspool::options{.workers = 2}.workers == 2;
}
