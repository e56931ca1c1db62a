// What mpi pools need beside src.hpp, and in the same way: for one file of a program that has mpi pools. Nothing
// here needs MPI itself: the calls of it stay in their headers. (crosspool::compiled has this, too, where there is a
// crosspool::mpi.)
#ifndef CROSSPOOL_SRC_MPI_HPP
#define CROSSPOOL_SRC_MPI_HPP

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#error "crosspool/src_mpi.hpp is for programs that are compiled with CROSSPOOL_SEPARATE_COMPILATION"
#endif

#include <crosspool/ranks/dispatcher.ipp>
#include <crosspool/ranks/engine.ipp>
#include <crosspool/ranks/host.ipp>
#include <crosspool/ranks/hosted_pool.ipp>
#include <crosspool/ranks/sent_broadcasts.ipp>
#include <crosspool/ranks/service.ipp>

#endif
