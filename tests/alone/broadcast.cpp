#include <crosspool/broadcast.hpp>

bool broadcast_works();
bool broadcast_works() {
  return *crosspool::broadcasted<int>(std::make_shared<const int>(3)) == 3;
}
