#include <crosspool/crosspool.hpp>
int main() {}
