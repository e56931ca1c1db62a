// Functions cross by identity: the image (program or shared library) that holds them, known by its build id, plus the
// offset in it. Never by address, which address randomization moves.
// Relies on ELF, dl_iterate_phdr and the Itanium C++ ABI.
#ifndef CROSSPOOL_OS_FUNCTION_ID_HPP
#define CROSSPOOL_OS_FUNCTION_ID_HPP

#include <crosspool/os/process.hpp>

#include <cstddef>
#include <cstdint>
#include <link.h>
#include <string>
#include <utility>
#include <vector>

namespace CROSSPOOL_NAMESPACE::detail {

/// A function as it is named to another process.
struct function_id {
  std::string image; // build id of the image; empty for the program itself, which both sides have compared
  std::string name;  // its file, for messages; empty for the program itself
  std::uint64_t offset = 0;
};

// The build id; where the linker wrote none, the program headers, which differ between builds almost always.
std::string build_id_of(const dl_phdr_info& info);

// The length of the part of the image's executable segments that starts at offset; 0 if there is no code.
std::uint64_t code_at(const dl_phdr_info& info, std::uint64_t offset);

// Calls visit(info) for each loaded image, the program first, until it returns true. The loader holds a lock meanwhile,
// which a process forked by another thread would find locked for ever.
template <class Visit> bool visit_images(Visit visit) {
  const std::lock_guard lock(fork_gate);
  const auto forward = [](dl_phdr_info* info, std::size_t, void* data) -> int {
    return (*static_cast<Visit*>(data))(*info);
  };
  return dl_iterate_phdr(forward, &visit) != 0;
}

/// The running program's own image, which stays where it is.
struct program_image {
  std::uintptr_t address = 0;
  std::string build_id;
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> code; // from, to

  /// Never destroyed: a pool may end after main.
  static const program_image& instance();
  [[nodiscard]] bool has_code_at(std::uintptr_t at) const noexcept;

private:
  program_image();
};

/// The identity of the function at address. Throws crosspool::error if it lies in no loaded image.
function_id identify(std::uintptr_t address);

/// Where the function lies in this process. Throws crosspool::error if its image is not loaded here.
std::uintptr_t resolve(const function_id& id);

/// Build id of the running program.
inline const std::string& program_build_id() {
  return program_image::instance().build_id;
}

/// What a pointer to a member function is: Itanium C++ ABI, 2.3. (One to a data member is a std::ptrdiff_t, an offset.)
struct member_function {
  std::uintptr_t pointer;    // the function's address; of a virtual one, the place in the virtual table
  std::ptrdiff_t adjustment; // of this

  // The low bit of pointer says so; where that belongs to the address, the low bit of adjustment: C++ ABI for the Arm
  // 64-bit Architecture, 3.2.1, and compilers for MIPS alike.
  [[nodiscard]] bool is_virtual() const noexcept;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/os/function_id.ipp>
#endif

#endif
