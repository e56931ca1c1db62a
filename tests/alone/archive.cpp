#include <crosspool/archive.hpp>

namespace {

class buffer final : public crosspool::message_buffer {
  void grow(std::size_t more) override {
    memory_.resize(size_ + more);
    data_ = memory_.data();
    capacity_ = memory_.size();
  }
  std::vector<std::byte> memory_;
};
struct job {
  int number = 0;
  std::vector<std::string> names{};
};

} // namespace

bool archive_works();
bool archive_works() {
  buffer sent;
  crosspool::output_archive{sent}(job{1, {"a", "b"}});
  job back;
  crosspool::input_archive{{sent.data(), sent.size()}}(back);
  return back.number == 1 && back.names.size() == 2;
}
