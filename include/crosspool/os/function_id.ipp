// What of os/function_id.hpp depends on no type of the user's.
#ifndef CROSSPOOL_OS_FUNCTION_ID_IPP
#define CROSSPOOL_OS_FUNCTION_ID_IPP

#include <crosspool/os/function_id.hpp>

#include <cstring>
#include <string_view>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE std::string build_id_of(const dl_phdr_info& info) {
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

CROSSPOOL_INLINE std::uint64_t code_at(const dl_phdr_info& info, std::uint64_t offset) {
  for (int i = 0; i < info.dlpi_phnum; ++i) {
    const auto& header = info.dlpi_phdr[i];
    if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0 && offset >= header.p_vaddr &&
        offset - header.p_vaddr < header.p_memsz)
      return header.p_memsz - (offset - header.p_vaddr);
  }
  return 0;
}

CROSSPOOL_INLINE auto program_image::instance() -> const program_image& {
  static const auto& image = *new program_image;
  return image;
}

CROSSPOOL_INLINE bool program_image::has_code_at(std::uintptr_t at) const noexcept {
  for (const auto& [from, to] : code)
    if (at >= from && at < to)
      return true;
  return false;
}

CROSSPOOL_INLINE program_image::program_image() {
  visit_images([&](const dl_phdr_info& info) {
    address = info.dlpi_addr;
    build_id = build_id_of(info);
    for (int i = 0; i < info.dlpi_phnum; ++i)
      if (const auto& header = info.dlpi_phdr[i]; header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0)
        code.emplace_back(address + header.p_vaddr, address + header.p_vaddr + header.p_memsz);
    return true;
  });
}

CROSSPOOL_INLINE function_id identify(std::uintptr_t address) {
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

CROSSPOOL_INLINE std::uintptr_t resolve(const function_id& id) {
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

CROSSPOOL_INLINE bool member_function::is_virtual() const noexcept {
#if defined(__arm__) || defined(__aarch64__) || defined(__mips__)
  return (adjustment & 1) != 0;
#else
  return (pointer & 1) != 0;
#endif
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
