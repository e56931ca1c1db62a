#include <crosspool/trace.hpp>

bool trace_works();
bool trace_works() {
  struct job {
    int number;
    std::string name;
  };
  return crosspool::trace(job{1, "a"}).crosses() && crosspool::trace<job>().crosses();
}
