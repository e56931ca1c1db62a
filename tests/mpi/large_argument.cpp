// An argument of more bytes than MPI's counts can say arrives whole. Ends with 77 where there is too little memory.
#include <crosspool/mpi.hpp>

#include <cstddef>
#include <span>
#include <unistd.h>
#include <utility>
#include <vector>

namespace {

std::pair<std::size_t, char> size_and_last(std::span<const char> text) {
  return {text.size(), text.back()};
}

} // namespace

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  const auto available = static_cast<std::size_t>(::sysconf(_SC_AVPHYS_PAGES)) *
                         static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  if (available < std::size_t{12} << 30U)
    return 77;
  std::vector<char> text((std::size_t{9} << 28U) + 5, 'x'); // 2.25 GiB
  text.back() = 'y';
  crosspool::mpi_pool pool{1};
  return pool.apply(size_and_last, text) == std::pair(text.size(), 'y') ? 0 : 1;
}
