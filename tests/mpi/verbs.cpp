// The suite that all policies have, over mpi.
#include <crosspool/mpi.hpp>

#define POLICIES crosspool::mpi
#include "../pool/pool.cpp"
