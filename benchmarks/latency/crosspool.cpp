#include <crosspool/crosspool.hpp>

#include "workload.hpp"

template <class Policy> class Crosspool {
public:
  int apply(int x) { return pool_.apply(latency::square, x); }

private:
  crosspool::pool<Policy> pool_{bench::workers};
};

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  bench::start(argc, argv);
  latency::add<Crosspool<crosspool::thread>>("crosspool thread");
  latency::add<Crosspool<crosspool::fork>>("crosspool fork");
  latency::add<Crosspool<crosspool::spawn>>("crosspool spawn");
  return bench::run();
}
