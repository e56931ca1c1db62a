// Memory that processes share by a descriptor. Its whole range of addresses is reserved when it is mapped, so that it
// grows without moving, and a process sees what another has added. It never shrinks, so that no process can take away
// what another looks at; what is not needed is given back to the system and reads as zeros.
// Relies on Linux (memfd_create, file seals, FALLOC_FL_PUNCH_HOLE). A process that is forked does not inherit it.
#ifndef CROSSPOOL_OS_SHARED_MEMORY_HPP
#define CROSSPOOL_OS_SHARED_MEMORY_HPP

#include <crosspool/os/process.hpp>

#include <cstddef>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <utility>

namespace CROSSPOOL_NAMESPACE::detail {

class shared_memory {
public:
  shared_memory() = default;

  /// New memory of this many bytes. Throws start_failed.
  static shared_memory create(std::size_t size);

  /// The memory behind a descriptor. protection: as for mmap.
  shared_memory(descriptor file, int protection);
  shared_memory(shared_memory&& other) noexcept { *this = std::move(other); }
  shared_memory& operator=(shared_memory&& other) noexcept;
  ~shared_memory();

  /// False in a process that was forked from the one that mapped it: it is not there.
  [[nodiscard]] bool is_mine() const noexcept { return ::getpid() == owner_; }

  [[nodiscard]] const descriptor& file() const noexcept { return file_; }
  [[nodiscard]] std::byte* data() const noexcept { return data_; }

  /// Makes bytes up to this size usable. Throws std::bad_alloc.
  void grow(std::size_t size);

  /// Whether this part is there; asks the system if it was not yet when last asked.
  [[nodiscard]] bool has(std::size_t offset, std::size_t size);

  /// Lets go of what is in this part, but for the pages at its ends that belong to others, too.
  void give_back(std::size_t offset, std::size_t size) const;

private:
  static constexpr std::size_t largest = std::size_t{1} << 36U;
  static constexpr std::size_t smallest = std::size_t{1} << 24U;
  static constexpr std::size_t page = 4096;

  // Where addresses are limited (ulimit -v), this must not take them all: others need some, too.
  static std::size_t affordable() noexcept;
  // Beyond the limit of files the system would not only refuse, but end the process.
  static std::size_t allowed() noexcept;
  void look();

  descriptor file_;
  std::byte* data_ = nullptr;
  std::size_t reserved_ = 0;
  std::size_t size_ = 0;
  pid_t owner_ = ::getpid();
};

/// Sizes of blocks that are used again: four for each power of two, so that at most a fifth of a block is left over.
struct size_class {
  std::size_t index;
  std::size_t size;

  /// The smallest that holds this many bytes.
  static size_class of(std::size_t wanted) noexcept;
  static constexpr unsigned smallest_shift = 6;
  static constexpr std::size_t smallest = std::size_t{8} << smallest_shift;
  static constexpr std::size_t count = (std::size_t{40} - smallest_shift) * 4;
};

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/os/shared_memory.ipp>
#endif

#endif
