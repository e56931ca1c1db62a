// A call's items on their way to worker processes: packed here by the parent, run in the worker by a function that
// travels by identity, unpacked here again. Each item is framed by its size, so that an item that cannot be read costs
// that item only.
#ifndef CROSSPOOL_TASK_HPP
#define CROSSPOOL_TASK_HPP

#include <crosspool/callable.hpp>
#include <crosspool/channel.hpp>
#include <crosspool/exception_transfer.hpp>
#include <crosspool/future.hpp>
#include <crosspool/image.hpp>

#include <bit>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <new>
#include <tuple>
#include <utility>
#include <vector>

namespace crosspool::detail {

// ---- functions ----

inline void encode_function_id(bytes& to, std::uintptr_t address) {
  const auto id = identify(address);
  encode(to, id.image);
  encode(to, id.name);
  encode(to, id.offset);
}

inline std::uintptr_t decode_function_id(byte_view& from) {
  function_id id;
  id.image = decode<std::string>(from);
  id.name = decode<std::string>(from);
  id.offset = decode<std::uint64_t>(from);
  return resolve(id);
}

inline void encode_member_function(bytes& to, const member_function& f) {
  encode(to, f.adjustment);
  encode(to, f.is_virtual());
  if (f.is_virtual())
    encode(to, f.pointer);
  else
    encode_function_id(to, f.pointer);
}

inline member_function decode_member_function(byte_view& from) {
  const auto adjustment = decode<std::ptrdiff_t>(from);
  const bool is_virtual = decode<bool>(from);
  return {is_virtual ? decode<std::uintptr_t>(from) : decode_function_id(from), adjustment};
}

template <class F> struct function_codec {
  static void save(bytes& to, const F& f) {
    if constexpr (function_pointer_like<F> || std::is_member_pointer_v<F>)
      if (f == nullptr)
        throw error("crosspool: the function is a null pointer");
    if constexpr (function_pointer_like<F>)
      encode_function_id(to, reinterpret_cast<std::uintptr_t>(f));
    else if constexpr (std::is_member_function_pointer_v<F>)
      encode_member_function(to, std::bit_cast<member_function>(f));
    else if constexpr (std::is_member_object_pointer_v<F>)
      encode(to, std::bit_cast<std::ptrdiff_t>(f));
    else if constexpr (!stateless<F>)
      encode(to, f);
  }
  static F load(byte_view& from) {
    if constexpr (function_pointer_like<F>)
      return reinterpret_cast<F>(decode_function_id(from));
    else if constexpr (std::is_member_function_pointer_v<F>)
      return std::bit_cast<F>(decode_member_function(from));
    else if constexpr (std::is_member_object_pointer_v<F>)
      return std::bit_cast<F>(decode<std::ptrdiff_t>(from));
    else if constexpr (stateless<F>)
      return F{};
    else
      return decode<F>(from);
  }
};

template <class F, class... State> struct function_codec<bound<F, State...>> {
  static void save(bytes& to, const bound<F, State...>& f) {
    function_codec<F>::save(to, f.function());
    std::apply([&](const State&... state) { (encode(to, state), ...); }, f.state());
  }
  static bound<F, State...> load(byte_view& from) {
    auto f = function_codec<F>::load(from);
    return bound<F, State...>(std::move(f), std::tuple<State...>{decode<State>(from)...});
  }
};

// ---- replies ----

/// Collects what became of items, in the worker, and sends it: at the end of the parcel, and in between once there is
/// much of it or some time has gone by, so that what is finished is not lost with the worker.
class reply_writer {
public:
  explicit reply_writer(const worker_channel& channel) : channel_(channel) {}

  /// Appends the outcome of one item: what produce(bytes&) appends, or the exception that it throws.
  template <std::invocable<bytes&> Produce> void add(Produce produce) {
    const auto start = buffer_.size();
    buffer_.resize(start + 1 + sizeof(std::uint64_t));
    bool failed = false;
    try {
      produce(buffer_);
    } catch (...) {
      failed = true;
      buffer_.resize(start + 1 + sizeof(std::uint64_t));
      try {
        encode_current_exception(buffer_);
      } catch (...) {
        buffer_.resize(start);
        throw;
      }
    }
    buffer_[start] = std::byte{failed};
    const std::uint64_t size = buffer_.size() - (start + 1 + sizeof size);
    std::memcpy(buffer_.data() + start + 1, &size, sizeof size);
    ++count_;
    ++added_;
    if (buffer_.size() > 1U << 20U || std::chrono::steady_clock::now() - sent_ > std::chrono::milliseconds(1))
      send();
  }

  void send() {
    if (count_ != 0 && !channel_.send(frame_kind::replies, count_, buffer_))
      end_worker(EXIT_SUCCESS); // the parent is gone
    buffer_.clear();
    count_ = 0;
    sent_ = std::chrono::steady_clock::now();
  }

  /// Items so far.
  [[nodiscard]] std::size_t added() const noexcept { return added_; }

private:
  const worker_channel& channel_;
  bytes buffer_;
  std::size_t added_ = 0;
  std::uint32_t count_ = 0;
  std::chrono::steady_clock::time_point sent_ = std::chrono::steady_clock::now();
};

// One reply taken off the front of from; throws crosspool::error if there is none.
struct reply {
  bool failed;
  byte_view payload;
};
inline reply next_reply(byte_view& from) {
  input_archive reader(from);
  bool failed = false;
  std::uint64_t size = 0;
  take(reader, failed);
  take(reader, size);
  const auto payload = reader.skip(size);
  from = from.subspan(reader.position());
  return {failed, payload};
}

// ---- parcels ----

/// A parcel for a worker process, as the engine sees it.
class remote_parcel : public parcel {
public:
  using parcel::parcel;

  [[nodiscard]] const std::shared_ptr<bytes>& request() const noexcept { return request_; }
  [[nodiscard]] std::size_t answered() const noexcept { return answered_; }

  /// Replies to the next count items. Throws crosspool::error if they are not just that; nothing is kept then.
  void answer(std::size_t count, bytes replies) {
    if (count == 0 || count > size() - answered_)
      throw error("crosspool: a worker answered items that it was not given");
    byte_view rest = replies;
    for (std::size_t i = 0; i < count; ++i)
      next_reply(rest);
    if (!rest.empty())
      throw error("crosspool: a worker's answer does not end where it should");
    pieces_.push_back({count, std::move(replies), nullptr});
    advance(count);
  }

  /// The unanswered items end with make_error(index in the call).
  template <class MakeError> void fail_rest(const MakeError& make_error) {
    while (answered_ != size()) {
      pieces_.push_back({1, {}, make_error(first() + answered_)});
      advance(1);
    }
  }

protected:
  struct piece {
    std::size_t count;
    bytes replies;
    std::exception_ptr error;
  };
  std::shared_ptr<bytes> request_ = std::make_shared<bytes>();
  std::vector<piece> pieces_;

private:
  void advance(std::size_t count) {
    answered_ += count;
    if (answered_ == size()) {
      request_.reset();
      came_home();
    }
  }

  std::size_t answered_ = 0;
};

/// The worker's side of a call: runs count items of request.
using task_entry = void (*)(byte_view request, std::size_t count, reply_writer& replies);

/// A call of F on items of types T…, with results of type R (std::monostate for void), to worker processes.
template <class R, class F, class... T> class remote_task {
public:
  class parcel_type final : public remote_parcel, public result_source<R> {
  public:
    parcel_type(std::shared_ptr<completion> home, std::string_view verb, std::size_t first, const bytes& head)
        : remote_parcel(std::move(home), verb, first) {
      *request_ = head;
    }

    /// Throws what the items' own save functions throw; the parcel is as before then.
    void add(const T&... items) {
      auto& request = *request_;
      const auto start = request.size();
      try {
        request.resize(start + sizeof(std::uint64_t));
        (encode(request, items), ...);
      } catch (...) {
        request.resize(start);
        throw;
      }
      const std::uint64_t size = request.size() - (start + sizeof size);
      std::memcpy(request.data() + start, &size, sizeof size);
      added();
    }

    void unpack(std::vector<outcome<R>>& to) override {
      for (auto& [count, replies, error] : pieces_) {
        if (error) {
          to.emplace_back(failure{std::move(error)});
          continue;
        }
        byte_view rest = replies;
        for (std::size_t i = 0; i < count; ++i) {
          const auto [failed, payload] = next_reply(rest);
          to.push_back(read(failed, payload));
        }
        bytes().swap(replies);
      }
    }

  private:
    static outcome<R> read(bool failed, byte_view payload) {
      try {
        if (failed)
          return failure{decode_exception(payload)};
        return decode<R>(payload);
      } catch (...) {
        return failure{std::current_exception()};
      }
    }
  };

  explicit remote_task(const F& f) {
    encode_function_id(head_, reinterpret_cast<std::uintptr_t>(static_cast<task_entry>(run)));
    function_codec<F>::save(head_, f);
  }

  std::shared_ptr<parcel_type> start_parcel(std::shared_ptr<completion> home, std::string_view verb,
                                            std::size_t first) const {
    return std::make_shared<parcel_type>(std::move(home), verb, first, head_);
  }

private:
  static void run(byte_view request, std::size_t count, reply_writer& replies) {
    auto f = function_codec<F>::load(request);
    for (std::size_t i = 0; i < count; ++i) {
      input_archive reader(request);
      std::uint64_t size = 0;
      take(reader, size);
      auto item = reader.skip(size);
      request = request.subspan(reader.position());
      replies.add([&](bytes& to) {
        std::tuple<T...> decoded{decode<T>(item)...};
        auto& arguments = *std::launder(&decoded); // or GCC warns that a member function of a small T could be virtual
        if constexpr (std::is_same_v<R, std::monostate>) {
          std::apply(f, std::move(arguments));
          encode(to, R{});
        } else
          use_result([&](const R& result) { encode(to, result); }, f, arguments);
      });
    }
  }

  bytes head_; // which function, with its state; at the front of each parcel
};

} // namespace crosspool::detail

#endif
