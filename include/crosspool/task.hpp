// A call's items on their way to worker processes: packed here by the parent, run in the worker by a function that
// travels by identity, unpacked here again. Items of plain values lie in a row; each other item is framed by its size,
// so that an item that cannot be read costs that item only. Where a function takes a view (std::span<const T>,
// std::string_view) of what the range holds (std::vector<T>, std::string), it reads the message in place.
#ifndef CROSSPOOL_TASK_HPP
#define CROSSPOOL_TASK_HPP

#include <crosspool/arena.hpp>
#include <crosspool/call.hpp>
#include <crosspool/callable.hpp>
#include <crosspool/image.hpp>
#include <crosspool/replies.hpp>
#include <crosspool/worker_state.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <new>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace crosspool::detail {

// ---- functions ----

inline void encode_function_id(message_buffer& to, std::uintptr_t address) {
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

inline void encode_member_function(message_buffer& to, const member_function& f) {
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
  static void save(message_buffer& to, const F& f) {
    if constexpr (function_pointer_like<F> || std::is_member_pointer_v<F>)
      if (f == nullptr)
        throw error("crosspool: the function is a null pointer");
    if constexpr (function_pointer_like<F>)
      encode_function_id(to, reinterpret_cast<std::uintptr_t>(f));
    else if constexpr (std::is_member_function_pointer_v<F>)
      encode_member_function(to, std::bit_cast<member_function>(f));
    else if constexpr (std::is_member_object_pointer_v<F>)
      detail::encode(to, std::bit_cast<std::ptrdiff_t>(f));
    else if constexpr (!stateless<F>)
      detail::encode(to, f);
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
  static void save(message_buffer& to, const bound<F, State...>& f) {
    function_codec<F>::save(to, f.function());
    std::apply([&](const State&... state) { (detail::encode(to, state), ...); }, f.state());
  }
  static bound<F, State...> load(byte_view& from) {
    auto f = function_codec<F>::load(from);
    return bound<F, State...>(std::move(f), std::tuple<State...>{decode<State>(from)...});
  }
};

template <std::derived_from<function_wrapper> W> struct function_codec<W> {
  static void save(message_buffer& to, const W& f) { function_codec<typename W::wrapped>::save(to, f.function()); }
  static W load(byte_view& from) { return W(function_codec<typename W::wrapped>::load(from)); }
};

// ---- reading in place ----

/// A view of bytes that are part of a message.
template <class View> struct in_place {
  using type = View;
};

template <class T> struct view_of {
  using type = void;
};
template <block T, class A>
  requires is_run_of_blocks<std::vector<T, A>> && (alignof(T) <= message_alignment)
struct view_of<std::vector<T, A>> {
  using type = std::span<const T>;
};
template <class C, class Traits, class A> struct view_of<std::basic_string<C, Traits, A>> {
  using type = std::basic_string_view<C, Traits>;
};

// What a worker reads for an argument of type T, where the function's parameter is P.
template <class T, class P>
using read_as = std::conditional_t<std::is_same_v<typename view_of<T>::type, std::remove_cvref_t<P>>,
                                   in_place<typename view_of<T>::type>, T>;
template <class Parameters, class... T> struct find_read_types {
  using type = types<T...>;
};
template <class... P, class... T>
  requires(sizeof...(P) == sizeof...(T))
struct find_read_types<types<P...>, T...> {
  using type = types<read_as<T, P>...>;
};
template <class F, class... T>
using read_types = typename find_read_types<typename parameters_of<F>::type, T...>::type;

template <class T> struct argument_reader {
  using type = T;
  static T read(byte_view& from) { return decode<T>(from); }
  static void read_into(byte_view& from, T& argument) { detail::decode_into(from, argument); }
};
template <class View> struct argument_reader<in_place<View>> {
  using type = View;
  static View read(byte_view& from) {
    input_archive archive(from);
    const auto run = detail::take_run<typename View::value_type>(archive);
    from = from.subspan(archive.position());
    return View(run.data(), run.size());
  }
  static void read_into(byte_view& from, View& argument) { argument = read(from); }
};

// Braces evaluate their elements in order. Large arguments are read where they stay, which is not the stack.
template <class... T> auto read_arguments([[maybe_unused]] byte_view& from, types<T...>) {
  using arguments = std::tuple<typename argument_reader<T>::type...>;
  if constexpr ((is_large<T> || ...) && std::is_default_constructible_v<arguments> && !(made_whole<T> || ...)) {
    auto made = std::make_unique<arguments>();
    std::apply([&](auto&... each) { (argument_reader<T>::read_into(from, each), ...); }, *made);
    return made;
  } else
    return arguments{argument_reader<T>::read(from)...};
}

// ---- parcels ----

/// Lets the worker use a reply block again, when what refers to it is done.
class read_block {
public:
  read_block() = default;
  read_block(std::shared_ptr<shared_memory> memory, reply_block& block) : memory_(std::move(memory)), block_(&block) {}
  /// What is no worker's block is kept itself.
  explicit read_block(const std::shared_ptr<const void>& kept) : memory_(kept, nullptr) {}
  read_block(read_block&& other) noexcept
      : memory_(std::move(other.memory_)), block_(std::exchange(other.block_, nullptr)) {}
  read_block& operator=(read_block&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(block_, other.block_);
    return *this;
  }
  ~read_block() {
    if (block_ != nullptr && memory_->is_mine())
      block_->free.store(1, std::memory_order_release);
  }

private:
  std::shared_ptr<shared_memory> memory_;
  reply_block* block_ = nullptr;
};

/// A parcel for a worker process, as the engine sees it: a request, and what has become of its items.
class remote_parcel : public parcel {
public:
  /// head: the function; at the front of the request. expected: bytes. at_a_time: items that a worker is to claim
  /// together; 0: as it likes.
  remote_parcel(std::shared_ptr<completion> home, std::string_view verb, std::size_t first,
                const std::shared_ptr<arena>& memory, const detail::bytes& head, std::size_t expected,
                std::uint32_t at_a_time)
      : parcel(std::move(home), verb, first), at_a_time_(at_a_time),
        request_(std::make_shared<arena_buffer>(memory, expected)) {
    request_->write(head.data(), head.size());
  }

  /// Where its request is in the arena. Until all items have ended.
  [[nodiscard]] const arena_buffer& request() const noexcept { return *request_; }
  /// The same, for who still reads it when they have.
  [[nodiscard]] std::shared_ptr<const arena_buffer> shared_request() const noexcept { return request_; }
  [[nodiscard]] std::size_t bytes() const noexcept { return request_->size(); }
  [[nodiscard]] std::uint32_t at_a_time() const noexcept { return at_a_time_; }
  /// Of all replies, in bytes. Once it is home.
  [[nodiscard]] std::size_t result_bytes() const noexcept { return result_bytes_; }

  /// Until then, what its request refers to is kept, too.
  void keep(const std::shared_ptr<const void>& referred) { request_->keep(referred); }

  /// The records of these items, which are next in the order of an earlier item or of none. Throws crosspool::error if
  /// they are not just that; nothing is kept then. The block they are in is kept if large, else copied and let go.
  void answer(item_range items, byte_view records, read_block block) {
    answer(items, records, std::move(block), [] { return true; });
  }
  /// is_unspoilt: asked when they have been read.
  template <std::predicate IsUnspoilt>
  void answer(item_range items, byte_view records, read_block block, IsUnspoilt is_unspoilt) {
    reply_reader reader(records);
    std::size_t failed = 0;
    for (auto left = items.size(); left != 0;) {
      const auto [kind, count, payload] = reader.next();
      failed += kind == record_kind::failure ? 1 : 0;
      left -= count < left ? count : left;
    }
    piece made{items, records, {}, {}, nullptr};
    if (records.size() < worth_referring) {
      made.copy.assign(records.begin(), records.end());
      made.records = made.copy;
    } else
      made.block = std::move(block);
    if (!is_unspoilt())
      throw error("crosspool: a worker's replies have been written over");
    if (failed != 0)
      home().item_failed();
    keep(std::move(made), failed);
  }

  /// Whether an item that was lost with its worker may be run once more. Counts.
  [[nodiscard]] bool may_retry(std::uint32_t item) {
    const auto most = home().limits().retries;
    if (most == 0)
      return false;
    for (auto& [index, times] : retried_)
      if (index == item) {
        const bool once_more = times < most;
        times += once_more ? 1 : 0;
        return once_more;
      }
    retried_.emplace_back(item, 1);
    return true;
  }

  /// These items end with make_error(index in the call).
  template <class MakeError> void fail(item_range items, const MakeError& make_error) {
    home().item_failed();
    for (auto i = items.begin; i != items.end; ++i)
      keep({{i, i + 1}, {}, {}, {}, make_error(first() + i)}, 1);
  }

protected:
  struct piece {
    item_range items;
    byte_view records;
    detail::bytes copy; // of them
    read_block block;   // or where they are
    std::exception_ptr error;
  };

  [[nodiscard]] bool all_failed_by(const std::exception_ptr& why) const {
    return std::ranges::all_of(pieces_, [&](const piece& each) { return each.error == why; });
  }
  [[nodiscard]] std::vector<piece> take_pieces() {
    auto pieces = std::exchange(pieces_, {});
    std::sort(pieces.begin(), pieces.end(), [](const auto& a, const auto& b) { return a.items.begin < b.items.begin; });
    return pieces;
  }
  message_buffer& request_to_fill() noexcept { return *request_; }

private:
  static constexpr std::size_t worth_referring = std::size_t{1} << 14U;

  void keep(piece&& made, std::size_t failed) {
    ended_ += made.items.size();
    result_bytes_ += made.records.size();
    home().ended(made.items.size(), failed);
    pieces_.push_back(std::move(made));
    if (ended_ == size()) {
      request_.reset();
      came_home();
    }
  }

  std::uint32_t at_a_time_;
  std::shared_ptr<arena_buffer> request_;
  std::vector<piece> pieces_;
  std::size_t ended_ = 0;
  std::size_t result_bytes_ = 0;
  std::vector<std::pair<std::uint32_t, unsigned>> retried_; // items, and how often
};

/// The worker's side of a call: runs the items of the queue's slot. request: behind the entry's name.
using task_entry = void (*)(byte_view request, worker_queue& queue, reply_writer& replies);

/// A call of F on items of types T…, with results of type R (std::monostate for void), to worker processes.
template <class R, class F, class... T> class remote_task {
  // Items of plain values need no frames.
  static constexpr bool in_a_row = (has_fixed_size<T> && ...);
  static constexpr std::size_t stride = (std::size_t{0} + ... + (has_fixed_size<T> ? sizeof(T) : 0));

public:
  class parcel_type final : public remote_parcel, public result_source<R> {
  public:
    using remote_parcel::remote_parcel;

    /// Throws what the items' own save functions throw; the parcel is as before then.
    void add(const T&... items) {
      auto& request = request_to_fill();
      if constexpr (in_a_row) {
        [[maybe_unused]] auto* at = request.extend(stride);
        ((detail::put_fixed(at, items), at += sizeof(T)), ...);
      } else {
        const auto start = request.size();
        try {
          request.extend(sizeof(std::uint64_t));
          (detail::encode(request, items), ...);
        } catch (...) {
          request.shrink_to(start);
          throw;
        }
        const std::uint64_t size = request.size() - (start + sizeof size);
        std::memcpy(request.data() + start, &size, sizeof size);
      }
      added();
    }
    /// Items that are sent as their bytes and lie in a row.
    template <class Item>
      requires(sizeof...(T) == 1 && (std::is_same_v<Item, T> && ...) && block<Item> && in_a_row)
    void add_run(const Item* items, std::size_t count) {
      request_to_fill().write(items, count * sizeof(Item));
      added(count);
    }
    [[nodiscard]] bool arrived() const noexcept override { return is_home(); }

    void unpack(results<R>& to) override {
      for (auto& each : take_pieces())
        if (each.error)
          to.fail(std::move(each.error));
        else
          unpack(to, each.records, each.items.size());
    }

  private:
    static void unpack(results<R>& to, byte_view records, std::uint32_t left) {
      reply_reader reader(records);
      while (left != 0 && !to.settled()) {
        auto n = left; // of which nothing can be had if the next record cannot
        try {
          const auto [kind, count, payload] = reader.next();
          n = count < left ? count : left;
          auto view = payload;
          if (kind == record_kind::failure)
            to.fail(decode_exception(view));
          else if (kind == record_kind::item)
            add_item(to, view);
          else if constexpr (has_fixed_size<R>)
            add_run(to, payload, n);
          else
            throw error("crosspool: a worker's reply makes no sense");
        } catch (...) {
          for (std::uint32_t i = 0; i != n; ++i)
            to.fail(std::current_exception());
        }
        left -= n;
      }
    }

    static void add_item(results<R>& to, byte_view from) {
      if constexpr (is_large<R> && !made_whole<R>) {
        const auto made = std::make_unique<R>();
        detail::decode_into(from, *made);
        to.add(std::move(*made));
      } else
        to.add(decode<R>(from));
    }
    static void add_run(results<R>& to, byte_view from, std::size_t count) {
      if (from.size() < count * fixed_size<R>)
        throw error("crosspool: a worker's reply makes no sense");
      if constexpr (block<R> && alignof(R) <= message_alignment && std::is_copy_constructible_v<R>) {
        const auto* const first = reinterpret_cast<const R*>(from.data());
        to.add(first, first + count);
      } else
        for (std::size_t i = 0; i < count; ++i)
          to.add(detail::take_fixed<R>(from.data() + i * fixed_size<R>));
    }
  };

  explicit remote_task(const F& f) {
    // Its name is the same in each request, and the worker remembers the last.
    bytes name;
    vector_buffer name_buffer(name);
    encode_function_id(name_buffer, reinterpret_cast<std::uintptr_t>(static_cast<task_entry>(run)));
    vector_buffer head(head_);
    encode(head, std::uint64_t{name_buffer.size()});
    head.write(name_buffer.data(), name_buffer.size());
    function_codec<F>::save(head, f);
    if constexpr (!in_a_row)
      head.align(message_alignment);
    kept_ = head.kept();
  }

  /// chunksize: items that a worker is to claim together; 0: as it likes.
  std::shared_ptr<parcel_type> start_parcel(std::shared_ptr<completion> home, std::string_view verb, std::size_t first,
                                            const std::shared_ptr<arena>& memory, std::size_t expected,
                                            std::size_t chunksize) const {
    constexpr std::size_t most = ~std::uint32_t{0};
    if (home->limits().timeout.count() != 0 || home->limits().fail_fast)
      chunksize = 1; // or nobody knew since when an item runs, or those claimed with one that fails were run
    auto made = std::make_shared<parcel_type>(std::move(home), verb, first, memory, head_, expected + head_.size(),
                                              static_cast<std::uint32_t>(chunksize < most ? chunksize : most));
    for (const auto& each : kept_)
      made->keep(each);
    return made;
  }

private:
  static void run(byte_view request, worker_queue& queue, reply_writer& replies) {
    auto f = function_codec<F>::load(request);
    const auto origin = queue.origin();
    const item_scope here(origin.seed);
    if constexpr (in_a_row)
      for (item_range items; !(items = queue.claim()).empty();) {
        if (request.size() < items.end * stride)
          throw error("crosspool: a request is shorter than it should be");
        run_all(f, replies, origin.index + items.begin, items.size(),
                [at = request.data() + items.begin * stride](std::size_t i) { return read_in_a_row(at + i * stride); });
      }
    else {
      request = request.subspan(padding(request.data(), message_alignment));
      std::uint32_t next = 0;
      for (item_range items; !(items = queue.claim()).empty();)
        for (; next != items.end; ++next) {
          input_archive reader(request);
          std::uint64_t size = 0;
          reader.read(&size, sizeof size);
          auto item = reader.skip(size);
          request = request.subspan(reader.position());
          if (next < items.begin)
            continue;
          run_all(f, replies, origin.index + next, 1,
                  [&](std::size_t) { return detail::read_arguments(item, read_types<F, T...>{}); });
        }
    }
  }

  // Braces evaluate their elements in order.
  static std::tuple<T...> read_in_a_row([[maybe_unused]] const std::byte* at) {
    [[maybe_unused]] const auto next = [&](std::size_t size) { return std::exchange(at, at + size); };
    return std::tuple<T...>{detail::take_fixed<T>(next(sizeof(T)))...};
  }

  // A member function could be virtual: of that, GCC warns where T is smaller than a pointer to a table.
  template <class Arguments> static Arguments& arguments_in(std::unique_ptr<Arguments>& made) { return *made; }
  template <class Arguments> static Arguments& arguments_in(Arguments& made) {
    if constexpr ((std::is_scalar_v<T> && ...))
      return made;
    else
      return *std::launder(std::addressof(made));
  }

  // Runs f on what read(i) returns, for count items from index first of the call. What throws costs its item only.
  // What is captured by value can stay in registers: where a result is written, the compiler must take it that anything
  // in memory has changed.
  template <class Read>
  static void run_all(F& f, reply_writer& replies, std::uint64_t first, std::size_t count, Read read) {
    const auto call = [&f, read](std::size_t i, auto use) -> decltype(auto) {
      auto made = read(i);
      return detail::use_result(use, f, arguments_in(made));
    };
    if constexpr (std::is_same_v<R, std::monostate>)
      replies.add_values<R>(
          count,
          [&f, read](std::size_t i) {
            auto made = read(i);
            std::apply(f, std::move(arguments_in(made)));
            return R{};
          },
          first);
    else if constexpr (has_fixed_size<R>)
      replies.add_values<R>(
          count, [call](std::size_t i) { return call(i, [](const R& result) -> R { return result; }); }, first);
    else
      for (std::size_t i = 0; i != count; ++i) {
        at_hand.set(first + i);
        replies.add_encoded([&](message_buffer& to) { call(i, [&](const R& result) { detail::encode(to, result); }); });
      }
  }

  bytes head_;                                    // which function, with its state; at the front of each parcel
  std::vector<std::shared_ptr<const void>> kept_; // what that refers to
};

} // namespace crosspool::detail

#endif
