// A set-user-ID program does not enter the job that its environment names, as that is anybody's to write; and its mpi
// pools say why there are none. Run by root, as a copy of the program is to have more rights than who starts it.
#include <crosspool/mpi.hpp>

#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>

namespace {

constexpr int skipped = 77; // as CTest has been told
constexpr ::uid_t nobody = 65534;

int make_pool() {
  try {
    crosspool::mpi_pool pool{1};
  } catch (const crosspool::start_failed& e) {
    int was_started = 0;
    MPI_Initialized(&was_started);
    return was_started == 0 && std::string_view(e.what()).find("privileged") != std::string_view::npos ? 0 : 1;
  }
  std::puts("the pool has started");
  return 1;
}

int run_as_nobody(const std::string& program) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    if (::setresgid(nobody, nobody, nobody) == 0 && ::setresuid(nobody, nobody, nobody) == 0)
      ::execl(program.c_str(), program.c_str(), "make", nullptr);
    ::_exit(2);
  }
  const int status = crosspool::detail::reap(pid);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 1 && ::geteuid() != 0)
    return skipped;
  if (argc == 1) { // in no job itself
    auto folder = (std::filesystem::temp_directory_path() / "crosspool_XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr || ::chmod(folder.c_str(), 0755) != 0)
      return 4;
    const auto copy = folder + "/program";
    std::filesystem::copy_file("/proc/self/exe", copy);
    const int status = ::chmod(copy.c_str(), 04755) == 0 ? run_as_nobody(copy) : 5;
    std::filesystem::remove_all(folder);
    return status;
  }
  crosspool::init(argc, argv);
  return make_pool();
}
