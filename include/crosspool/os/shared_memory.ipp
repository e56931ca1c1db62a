// What of os/shared_memory.hpp depends on no type of the user's.
#ifndef CROSSPOOL_OS_SHARED_MEMORY_IPP
#define CROSSPOOL_OS_SHARED_MEMORY_IPP

#include <crosspool/os/shared_memory.hpp>

#include <bit>
#include <new>

namespace CROSSPOOL_NAMESPACE::detail {

CROSSPOOL_INLINE auto shared_memory::create(std::size_t size) -> shared_memory {
  descriptor file(::memfd_create("crosspool", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file)
    throw no_resource(errno, "make shared memory");
  if (size > allowed())
    throw no_resource(EFBIG, "make shared memory");
  if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0 || ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SHRINK) != 0)
    throw no_resource(errno, "make shared memory");
  return shared_memory(std::move(file), PROT_READ | PROT_WRITE);
}

CROSSPOOL_INLINE shared_memory::shared_memory(descriptor file, int protection) : file_(std::move(file)) {
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

CROSSPOOL_INLINE auto shared_memory::operator=(shared_memory&& other) noexcept -> shared_memory& {
  std::swap(file_, other.file_);
  std::swap(data_, other.data_);
  std::swap(reserved_, other.reserved_);
  std::swap(size_, other.size_);
  std::swap(owner_, other.owner_);
  return *this;
}

CROSSPOOL_INLINE shared_memory::~shared_memory() {
  if (data_ != nullptr && is_mine())
    ::munmap(data_, reserved_);
}

CROSSPOOL_INLINE void shared_memory::grow(std::size_t size) {
  if (size <= size_)
    return;
  if (size > reserved_ || size > allowed() || ::ftruncate(file_.get(), static_cast<off_t>(size)) != 0)
    throw std::bad_alloc();
  size_ = size;
}

CROSSPOOL_INLINE bool shared_memory::has(std::size_t offset, std::size_t size) {
  const auto fits = [&] { return offset <= size_ && size <= size_ - offset; };
  return fits() || (look(), fits());
}

CROSSPOOL_INLINE void shared_memory::give_back(std::size_t offset, std::size_t size) const {
  const auto from = (offset + page - 1) / page * page;
  const auto to = (offset + size) / page * page;
  if (from < to)
    ::fallocate(file_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from),
                static_cast<off_t>(to - from));
}

CROSSPOOL_INLINE std::size_t shared_memory::affordable() noexcept {
  ::rlimit limit{};
  if (::getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur / 16 >= largest)
    return largest;
  return limit.rlim_cur / 16 < smallest ? smallest : std::bit_floor(std::size_t{limit.rlim_cur / 16});
}

CROSSPOOL_INLINE std::size_t shared_memory::allowed() noexcept {
  ::rlimit limit{};
  return ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < largest ? limit.rlim_cur : largest;
}

CROSSPOOL_INLINE void shared_memory::look() {
  struct ::stat status{};
  if (::fstat(file_.get(), &status) == 0 && status.st_size > 0)
    size_ = static_cast<std::size_t>(status.st_size) < reserved_ ? static_cast<std::size_t>(status.st_size) : reserved_;
}

CROSSPOOL_INLINE auto size_class::of(std::size_t wanted) noexcept -> size_class {
  const auto shift = wanted <= smallest ? smallest_shift : static_cast<unsigned>(std::bit_width(wanted - 1)) - 3;
  const auto units = wanted <= smallest ? 8 : (wanted + (std::size_t{1} << shift) - 1) >> shift; // 5 … 8
  return {(std::size_t{shift} - smallest_shift) * 4 + units - 5, units << shift};
}

} // namespace CROSSPOOL_NAMESPACE::detail

#endif
