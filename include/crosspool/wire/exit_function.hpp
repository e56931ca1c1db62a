// An exit function for worker processes: it lies among the pool's requests from when it is given, so that a worker that
// ends finds it there, and what it returned comes back as a last message.
#ifndef CROSSPOOL_WIRE_EXIT_FUNCTION_HPP
#define CROSSPOOL_WIRE_EXIT_FUNCTION_HPP

#include <crosspool/exit_results.hpp>
#include <crosspool/wire/handshake.hpp>
#include <crosspool/wire/task.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <type_traits>
#include <variant>

namespace CROSSPOOL_NAMESPACE::detail {

/// Runs the exit function that is encoded in front of it, and appends what became of that.
using exit_entry = void (*)(byte_view function, bytes& answer);

/// An exit function as the engine sees it.
class remote_exit : not_copied {
public:
  virtual ~remote_exit() = default;

  /// The worker's last message. Nothing in it is believed.
  virtual void answered(int worker, byte_view answer) = 0;
  virtual void failed(int worker, const std::exception_ptr& why) = 0;
  /// All workers have ended.
  virtual void finish() = 0;

  [[nodiscard]] const arena_buffer& function() const noexcept { return function_; }

protected:
  explicit remote_exit(const std::shared_ptr<arena>& memory) : function_(memory, 0) {}
  arena_buffer function_;
};

// The exception being handled is what became of it.
void answer_with_current_exception(bytes& answer);

/// F: its type. R: of its result, std::monostate for void.
template <class R, class F> class remote_exit_of final : public remote_exit {
public:
  remote_exit_of(const std::shared_ptr<arena>& memory, const F& f) : remote_exit(memory) {
    encode_function_id(function_, reinterpret_cast<std::uintptr_t>(static_cast<exit_entry>(run)));
    function_codec<F>::save(function_, f);
  }

  [[nodiscard]] const std::shared_ptr<exit_record<R>>& record() const noexcept { return record_; }

  void answered(int worker, byte_view answer) override { record_->add(worker, bytes(answer.begin(), answer.end())); }
  void failed(int worker, const std::exception_ptr& why) override { record_->add(worker, outcome<R>(failure{why})); }
  void finish() override { record_->finish(); }

private:
  static void run(byte_view from, bytes& answer) {
    auto f = function_codec<F>::load(from);
    encode(answer, true);
    if constexpr (std::is_same_v<R, std::monostate>) {
      std::invoke(f);
      detail::encode(answer, R{});
    } else
      detail::encode<R>(answer, std::invoke(f));
  }

  static outcome<R> read(const bytes& answer) {
    try {
      byte_view from = answer;
      if (decode<bool>(from))
        return decode<R>(from);
      return failure{decode_exception(from)};
    } catch (...) {
      return failure{std::current_exception()};
    }
  }

  std::shared_ptr<exit_record<R>> record_ = std::make_shared<exit_record<R>>(read);
};

/// In a worker: what became of this exit function.
bytes run_exit(byte_view function);

} // namespace CROSSPOOL_NAMESPACE::detail

#ifndef CROSSPOOL_SEPARATE_COMPILATION
#include <crosspool/wire/exit_function.ipp>
#endif

#endif
