// Memory that processes share by a descriptor. Its whole range of addresses is reserved when it is mapped, so that it
// grows without moving, and a process sees what another has added. It never shrinks, so that no process can take away
// what another looks at; what is not needed is given back to the system and reads as zeros.
// Relies on Linux (memfd_create, file seals, FALLOC_FL_PUNCH_HOLE). A process that is forked does not inherit it.
#ifndef CROSSPOOL_OS_SHARED_MEMORY_HPP
#define CROSSPOOL_OS_SHARED_MEMORY_HPP

#include <crosspool/os/process.hpp>

#include <bit>
#include <cstddef>
#include <new>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <utility>

namespace crosspool::detail {

class shared_memory {
public:
  shared_memory() = default;

  /// New memory of this many bytes. Throws start_failed.
  static shared_memory create(std::size_t size) {
    descriptor file(::memfd_create("crosspool", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (!file)
      throw no_resource(errno, "make shared memory");
    if (size > allowed())
      throw no_resource(EFBIG, "make shared memory");
    if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0 || ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0)
      throw no_resource(errno, "make shared memory");
    return shared_memory(std::move(file), PROT_READ | PROT_WRITE);
  }

  /// The memory behind a descriptor. protection: as for mmap.
  shared_memory(descriptor file, int protection) : file_(std::move(file)) {
    for (reserved_ = affordable(); reserved_ >= smallest; reserved_ /= 2) {
      void* const at = ::mmap(nullptr, reserved_, protection, MAP_SHARED | MAP_NORESERVE, file_.get(), 0);
      if (at != MAP_FAILED) {
        data_ = static_cast<std::byte*>(at);
        ::madvise(at, reserved_, MADV_DONTFORK);
        look();
        return;
      }
    }
    throw no_resource(errno, "map shared memory");
  }
  shared_memory(shared_memory&& other) noexcept { *this = std::move(other); }
  shared_memory& operator=(shared_memory&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(data_, other.data_);
    std::swap(reserved_, other.reserved_);
    std::swap(size_, other.size_);
    std::swap(owner_, other.owner_);
    return *this;
  }
  ~shared_memory() {
    if (data_ != nullptr && is_mine())
      ::munmap(data_, reserved_);
  }

  /// False in a process that was forked from the one that mapped it: it is not there.
  [[nodiscard]] bool is_mine() const noexcept { return ::getpid() == owner_; }

  [[nodiscard]] const descriptor& file() const noexcept { return file_; }
  [[nodiscard]] std::byte* data() const noexcept { return data_; }

  /// Makes bytes up to this size usable. Throws std::bad_alloc.
  void grow(std::size_t size) {
    if (size <= size_)
      return;
    if (size > reserved_ || size > allowed() || ::ftruncate(file_.get(), static_cast<off_t>(size)) != 0)
      throw std::bad_alloc();
    size_ = size;
  }

  /// Whether this part is there; asks the system if it was not yet when last asked.
  [[nodiscard]] bool has(std::size_t offset, std::size_t size) {
    const auto fits = [&] { return offset <= size_ && size <= size_ - offset; };
    return fits() || (look(), fits());
  }

  /// Lets go of what is in this part, but for the pages at its ends that belong to others, too.
  void give_back(std::size_t offset, std::size_t size) const {
    const auto from = (offset + page - 1) / page * page;
    const auto to = (offset + size) / page * page;
    if (from < to)
      ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                  static_cast<off_t>(to - from));
  }

private:
  static constexpr std::size_t largest = std::size_t{1} << 36U;
  static constexpr std::size_t smallest = std::size_t{1} << 24U;
  static constexpr std::size_t page = 4096;

  // Where addresses are limited (ulimit -v), this must not take them all: others need some, too.
  static std::size_t affordable() noexcept {
    ::rlimit limit{};
    if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur / 16 >= largest)
      return largest;
    return limit.rlim_cur / 16 < smallest ? smallest : std::bit_floor(std::size_t{limit.rlim_cur / 16});
  }
  // Beyond the limit of files the system would not only refuse, but end the process.
  static std::size_t allowed() noexcept {
    ::rlimit limit{};
    return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < largest ? limit.rlim_cur : largest;
  }
  void look() {
    struct ::stat status{};
    if (::fstat(file_.get(), &status) == 0 && status.st_size > 0)
      size_ = static_cast<std::size_t>(status.st_size) < reserved_ ? static_cast<std::size_t>(status.st_size)
                                                                   : reserved_;
  }

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
  static size_class of(std::size_t wanted) noexcept {
    const auto shift = wanted <= smallest ? smallest_shift : static_cast<unsigned>(std::bit_width(wanted - 1)) - 3;
    const auto units = wanted <= smallest ? 8 : (wanted + (std::size_t{1} << shift) - 1) >> shift; // 5 … 8
    return {(std::size_t{shift} - smallest_shift) * 4 + units - 5, units << shift};
  }
  static constexpr unsigned smallest_shift = 6;
  static constexpr std::size_t smallest = std::size_t{8} << smallest_shift;
  static constexpr std::size_t count = (std::size_t{40} - smallest_shift) * 4;
};

} // namespace crosspool::detail

#endif
