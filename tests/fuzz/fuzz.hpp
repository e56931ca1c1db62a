// What the fuzz targets share: bytes to decide with, and a check that ends the process so that the fuzzer keeps the
// input.
#ifndef CROSSPOOL_TESTS_FUZZ_HPP
#define CROSSPOOL_TESTS_FUZZ_HPP

#include <crosspool/archive.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

inline void demand(bool holds, const char* what) {
  if (holds)
    return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

/// The input, used up from the front; zeros when there is none left.
class choices {
public:
  choices(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const std::byte*>(data), size) {}

  [[nodiscard]] bool any() const noexcept { return !left_.empty(); }
  template <class T> T take() {
    T value{};
    const auto part = take_bytes(sizeof value);
    if (!part.empty())
      std::memcpy(&value, part.data(), part.size());
    return value;
  }
  std::size_t below(std::size_t n) { return take<std::uint8_t>() % n; }
  /// So many bytes, or as many as there are.
  crosspool::detail::byte_view take_bytes(std::size_t size) {
    const auto part = left_.first(size < left_.size() ? size : left_.size());
    left_ = left_.subspan(part.size());
    return part;
  }
  crosspool::detail::byte_view rest() { return take_bytes(left_.size()); }

private:
  crosspool::detail::byte_view left_;
};

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

#endif
