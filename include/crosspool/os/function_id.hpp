// Functions cross by identity: the image (program or shared library) that holds them, known by its build id, plus the
// offset in it. Never by address, which address randomization moves.
// Relies on ELF, dl_iterate_phdr and the Itanium C++ ABI.
#ifndef CROSSPOOL_OS_FUNCTION_ID_HPP
#define CROSSPOOL_OS_FUNCTION_ID_HPP

#include <crosspool/os/process.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <link.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace crosspool::detail {

/// A function as it is named to another process.
struct function_id {
  std::string image; // build id of the image; empty for the program itself, which both sides have compared
  std::string name;  // its file, for messages; empty for the program itself
  std::uint64_t offset = 0;
};

// The build id; where the linker wrote none, the program headers, which differ between builds almost always.
inline std::string build_id_of(const dl_phdr_info& info) {
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const auto& header = info.dlpi_phdr[i];
    if (header.p_type != PT_NOTE)
      continue;
    const auto* at = reinterpret_cast<const char*>(info.dlpi_addr + header.p_vaddr);
    const auto* const end = at + header.p_memsz;
    while (static_cast<std::size_t>(end - at) >= sizeof(ElfW(Nhdr))) {
      ElfW(Nhdr) note;
      std::memcpy(&note, at, sizeof note);
      const auto* const owner = at + sizeof note;
      const auto* const description = owner + ((note.n_namesz + 3) & ~3U);
      if (note.n_type == NT_GNU_BUILD_ID && std::string_view(owner, note.n_namesz) == std::string_view("GNU\0", 4))
        return {description, note.n_descsz};
      at = description + ((note.n_descsz + 3) & ~3U);
    }
  }
  return {reinterpret_cast<const char*>(info.dlpi_phdr), sizeof(*info.dlpi_phdr) * info.dlpi_phnum};
}

// The length of the part of the image's executable segments that starts at offset; 0 if there is no code.
inline std::uint64_t code_at(const dl_phdr_info& info, std::uint64_t offset) {
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const auto& header = info.dlpi_phdr[i];
    if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0 && offset >= header.p_vaddr &&
        offset - header.p_vaddr < header.p_memsz)
      return header.p_memsz - (offset - header.p_vaddr);
  }
  return 0;
}

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
  static const program_image& instance() {
    static const auto& image = *new program_image;
    return image;
  }
  [[nodiscard]] bool has_code_at(std::uintptr_t at) const noexcept {
    for (const auto& [from, to] : code)
      if (at >= from && at < to)
        return true;
    return false;
  }

private:
  program_image() {
    visit_images([&](const dl_phdr_info& info) {
      address = info.dlpi_addr;
      build_id = build_id_of(info);
      for (int i = 0; i < info.dlpi_phnum; ++i)
        if (const auto& header = info.dlpi_phdr[i]; header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0)
          code.emplace_back(address + header.p_vaddr, address + header.p_vaddr + header.p_memsz);
      return true;
    });
  }
};

/// The identity of the function at address. Throws crosspool::error if it lies in no loaded image.
inline function_id identify(std::uintptr_t address) {
  if (const auto& program = program_image::instance(); program.has_code_at(address))
    return {{}, {}, address - program.address};
  function_id id;
  const bool found = visit_images([&](const dl_phdr_info& info) {
    if (address < info.dlpi_addr || code_at(info, address - info.dlpi_addr) == 0)
      return false;
    id = {build_id_of(info), info.dlpi_name, address - info.dlpi_addr};
    return true;
  });
  if (!found)
    throw error("crosspool: the function lies in no loaded program or library, so it cannot be named to a worker");
  return id;
}

/// Where the function lies in this process. Throws crosspool::error if its image is not loaded here.
inline std::uintptr_t resolve(const function_id& id) {
  std::uintptr_t address = program_image::instance().address + id.offset;
  if (id.image.empty() && program_image::instance().has_code_at(address))
    return address;
  const bool found = !id.image.empty() && visit_images([&](const dl_phdr_info& info) {
    if (code_at(info, id.offset) == 0 || build_id_of(info) != id.image)
      return false;
    address = info.dlpi_addr + id.offset;
    return true;
  });
  if (!found)
    throw error("crosspool: the worker has not loaded " + (id.name.empty() ? "the program" : id.name) +
                ", which holds the function (was the library opened after the pool was made?)");
  return address;
}

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
  [[nodiscard]] bool is_virtual() const noexcept {
#if defined(__arm__) || defined(__aarch64__) || defined(__mips__)
    return (adjustment & 1) != 0;
#else
    return (pointer & 1) != 0;
#endif
  }
};

} // namespace crosspool::detail

#endif
