// A pool survives its workers: whatever ends one, wherever it is at that moment, exactly the item that it ran is lost
// and named, every other item has its value and was run once, and the pool goes on. Cells of a matrix: cause, point,
// verb, chunk size and policy. CTest runs it in parts, by tags.
#include "faults.hpp"

#include <crosspool/crosspool.hpp>

#include <chrono>
#include <functional>
#include <mutex>
#include <numeric>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <sys/syscall.h>
#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"

using namespace crosspool;
using namespace faults;
using namespace std::chrono_literals;

namespace {

// ---- the cells ----

enum class point : int {
  decoding, // its argument
  running,
  running_plain, // a function of plain values, of which a worker claims several at a time
  encoding,      // its result
  writing        // a result that is larger than any buffer
};
constexpr std::array points{point::decoding, point::running, point::running_plain, point::encoding, point::writing};
constexpr const char* point_names[] = {"decoding", "running", "running_plain", "encoding", "writing"};

enum class verb : int { apply, map, starmap, try_map, map_async, apply_async };
constexpr std::array verbs{verb::apply, verb::map, verb::starmap, verb::try_map, verb::map_async, verb::apply_async};
constexpr const char* verb_names[] = {"apply", "map", "starmap", "try_map", "map_async", "apply_async"};
constexpr bool one_item_a_call(verb v) {
  return v == verb::apply || v == verb::apply_async;
}

struct cell {
  cause what;
  point where;
  verb how;
  std::size_t chunksize;
  std::chrono::milliseconds timeout{0};
  bool timed_by_pool = false; // options.task_timeout is the timeout

  [[nodiscard]] std::string name() const {
    return std::string(end_by(what).name) + " while " + point_names[static_cast<int>(where)] + ", " +
           verb_names[static_cast<int>(how)] + ", chunksize " + std::to_string(chunksize);
  }
};

// ---- what the items do ----

struct Result {
  int value = 0;
  point where{};
  std::optional<cause> what;
  int parts = 0; // to be written, of 4 MiB

  template <class Archive> void save(Archive& archive) const {
    archive(value);
    if (!what || this_worker::id() < 0)
      return;
    if (where == point::writing)
      for (const std::string part(std::size_t{4} << 20U, 'x'); int i : std::views::iota(0, parts))
        archive(part, i);
    if (where == point::encoding || where == point::writing)
      come_to_an_end(*what);
  }
  template <class Archive> void load(Archive& archive) { archive(value); }
};

struct Argument {
  int number = 0;
  point where{};
  std::optional<cause> what;
  int parts = 0;

  template <class Archive> void save(Archive& archive) const { archive(number, where, what, parts); }
  template <class Archive> void load(Archive& archive) {
    archive(number, where, what, parts);
    if (what && where == point::decoding && this_worker::id() >= 0)
      come_to_an_end(*what);
  }
};

int right_value(int number) {
  return 3 * number + 1;
}

Result work(const Argument& a) {
  ++noted->runs[a.number];
  if (a.what && a.where == point::running)
    come_to_an_end(*a.what);
  return {right_value(a.number), a.where, a.what, a.parts};
}
Result work_row(const Argument& a, int) {
  return work(a);
}

struct PlainArgument {
  int number;
  int what; // cause, or -1
};
int work_plain(PlainArgument a) {
  ++noted->runs[a.number];
  if (a.what >= 0)
    come_to_an_end(static_cast<cause>(a.what));
  return right_value(a.number);
}
int work_plain_row(PlainArgument a, int) {
  return work_plain(a);
}

int value_of(const Result& r) {
  return r.value;
}
int value_of(int r) {
  return r;
}

// ---- one cell ----

// What became of the items. A map that fails says nothing of the others' values.
struct endings {
  explicit endings(std::size_t n) : values(n), errors(n) {}
  std::vector<std::optional<int>> values;
  std::vector<std::exception_ptr> errors;
  bool others_known = true;
  std::size_t error_count = 0;

  void fail(std::size_t i, std::exception_ptr why) {
    errors.at(i) = std::move(why);
    ++error_count;
  }
};

template <class F> void note(endings& to, std::size_t i, F get) {
  try {
    to.values[i] = value_of(get());
  } catch (...) {
    to.fail(i, std::current_exception());
  }
}
template <class F> void note_all(endings& to, std::size_t bad, F get) {
  try {
    const auto all = get();
    for (std::size_t i = 0; i < all.size() && i < to.values.size(); ++i)
      to.values[i] = value_of(all[i]);
    to.others_known = all.size() == to.values.size();
  } catch (...) { // which item it is of, its words say
    to.fail(bad, std::current_exception());
    to.others_known = false;
  }
}

template <class Verbs, class F, class RowF, class Item>
endings call(Verbs v, verb how, F f, RowF of_row, const std::vector<Item>& items, std::size_t bad) {
  endings made(items.size());
  switch (how) {
  case verb::apply:
    for (std::size_t i = 0; i < items.size(); ++i)
      note(made, i, [&] { return v.apply(f, items[i]); });
    break;
  case verb::map:
    note_all(made, bad, [&] { return v.map(f, items); });
    break;
  case verb::starmap: {
    std::vector<std::pair<Item, int>> rows;
    for (const auto& each : items)
      rows.emplace_back(each, 5);
    note_all(made, bad, [&] { return v.starmap(of_row, rows); });
    break;
  }
  case verb::try_map: {
    auto all = v.try_map(f, items);
    for (std::size_t i = 0; i < all.size() && i < items.size(); ++i)
      note(made, i, [&] { return all[i].value(); });
    break;
  }
  case verb::map_async: {
    auto later = v.map_async(f, items);
    note_all(made, bad, [&] { return later.get(); });
    break;
  }
  case verb::apply_async: {
    std::vector<decltype(v.apply_async(f, items[0]))> later;
    for (const auto& each : items)
      later.push_back(v.apply_async(f, each));
    for (std::size_t i = 0; i < items.size(); ++i)
      note(made, i, [&] { return later[i].get(); });
    break;
  }
  }
  return made;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What is wrong with the error of the item that was lost; empty if nothing.
std::string fault_of_error(const std::exception_ptr& error, const cell& c, std::size_t index, int pid) {
  const auto item = "item " + std::to_string(index) + " of " + verb_names[static_cast<int>(c.how)];
  const auto process = "(pid " + std::to_string(pid) + ")";
  const auto& expected = end_by(c.what);
  try {
    std::rethrow_exception(error);
  } catch (const worker_died& e) {
    const std::string says = e.what();
    if (expected.words == nullptr)
      return "unexpected: " + says;
    if (e.item() != index || e.pid() != pid || e.signal() != expected.signal || e.exit_status() != expected.status)
      return "wrong item, pid, signal or status: " + says;
    if (!says.starts_with("worker ") ||
        !contains(says, " " + process + " " + expected.words + " while running " + item))
      return "wrong words: " + says;
    if (c.what == cause::memory_unbearable && !contains(says, "options.memory_limit is"))
      return "does not name the limit: " + says;
  } catch (const task_timed_out& e) {
    const std::string says = e.what();
    if (c.timeout == 0ms)
      return "unexpected: " + says;
    if (e.item() != index || !contains(says, item) || !contains(says, process))
      return "wrong item, words or pid: " + says;
  } catch (const memory_limit_exceeded& e) {
    if (c.what != cause::memory)
      return std::string("unexpected: ") + e.what();
  } catch (const std::exception& e) {
    return std::string("unexpected: ") + e.what();
  }
  return {};
}

// A message of 40 MiB takes its time: now and then one of 4 MiB will do; and where the item is to hang within its time.
int parts_of(const cell& c) {
  return c.chunksize == 0 && c.timeout == 0ms ? 10 : 1;
}

std::vector<Argument> arguments_of(const cell& c, std::size_t count, std::size_t bad) {
  std::vector<Argument> items;
  for (std::size_t i = 0; i < count; ++i)
    items.push_back({static_cast<int>(i), c.where, i == bad ? std::optional(c.what) : std::nullopt, parts_of(c)});
  return items;
}

template <class Verbs> endings call(Verbs v, const cell& c, std::size_t count, std::size_t bad) {
  if (c.where == point::running_plain) {
    std::vector<PlainArgument> items;
    for (std::size_t i = 0; i < count; ++i)
      items.push_back({static_cast<int>(i), i == bad ? static_cast<int>(c.what) : -1});
    return call(v, c.how, work_plain, work_plain_row, items, bad);
  }
  return call(v, c.how, work, work_row, arguments_of(c, count, bad), bad);
}

// What is wrong with a call in which the item at bad, if any, came to an end.
std::string fault_of_endings(const endings& got, const cell& c, const notebook& book, std::size_t bad) {
  for (std::size_t i = 0; i < got.values.size(); ++i) {
    const auto number = "item " + std::to_string(i);
    const int runs = book->runs[i];
    if (i == bad) {
      if (!got.errors[i])
        return number + " has not failed";
      if (auto fault = fault_of_error(got.errors[i], c, one_item_a_call(c.how) ? 0 : i, book->pid); !fault.empty())
        return fault;
      if (runs != (c.where == point::decoding ? 0 : 1))
        return number + " was lost, but had been run " + std::to_string(runs) + " times";
      continue;
    }
    if (got.errors[i])
      try {
        std::rethrow_exception(got.errors[i]);
      } catch (const std::exception& e) {
        return number + ": " + e.what();
      }
    if (runs != 1)
      return number + " was run " + std::to_string(runs) + " times";
    if (got.others_known && got.values[i] != right_value(static_cast<int>(i)))
      return number + " has a wrong value, or none";
  }
  return {};
}

std::size_t count_of(const cell& c) {
  return c.how == verb::apply ? 3 : c.where == point::running_plain ? 200 : 20;
}
std::size_t bad_of(const cell& c) {
  return count_of(c) * 11 / 20;
}

// What is wrong in this cell; empty if nothing.
template <class Pool> std::string fault_of(Pool& p, const notebook& book, const cell& c) {
  const guard guarded(c.name());
  book.forget_runs();
  const call_options o{.chunksize = c.chunksize, .timeout = c.timed_by_pool ? 0ms : c.timeout};
  const auto got = call(p.with(o), c, count_of(c), bad_of(c));
  if (auto fault = fault_of_endings(got, c, book, bad_of(c)); !fault.empty())
    return fault;
  if (c.timeout != 0ms && !book.is_let_go())
    return "the worker, or what it forked, lives";
  if (!works(p))
    return "the pool does not work any more";
  return {};
}

std::vector<cell> cells_of(std::span<const cause> causes) {
  std::vector<cell> cells;
  for (const auto what : causes)
    for (const auto where : points)
      for (const auto how : verbs)
        for (const std::size_t chunksize : {1U, 0U, 7U})
          if (!one_item_a_call(how) || chunksize == 0)
            cells.push_back({what, where, how, chunksize});
  return cells;
}

template <class Pool> void check_cells(Pool& p, const notebook& book, const std::vector<cell>& cells) {
  for (const auto& each : cells) {
    INFO(each.name());
    CHECK(fault_of(p, book, each) == ""); // NOLINT(readability-container-size-empty): to see it
  }
}

template <class Policy> void check_ends(std::span<const cause> causes, std::size_t memory_limit = 0) {
  const notebook book;
  pool<Policy> p{{.workers = 2, .memory_limit = memory_limit}, open_notes, book.path()};
  check_cells(p, book, cells_of(causes));
}

// ---- items that hang ----

// Each cell takes as long as the timeout: they are tried side by side, with a pool each.
template <class Policy> void check_hangs() {
  static constexpr auto timeout = sanitized ? 5s
                                            : 1s; // far longer than the other items may be kept waiting for a processor
  auto cells = cells_of(hang_causes);
  std::erase_if(cells, [](const cell& c) { // one chunk size of three
    const auto turn = static_cast<int>(c.what) + static_cast<int>(c.where) + static_cast<int>(c.how);
    return !one_item_a_call(c.how) && c.chunksize != std::array{0U, 1U, 7U}[static_cast<unsigned>(turn) % 3];
  });
  for (unsigned n = 0; auto& each : cells) {
    each.timeout = timeout;
    each.timed_by_pool = n++ % 2 == 0;
  }
  struct place {
    notebook book;
    pool<Policy> workers{{.workers = 2, .task_timeout = timeout, .grace_period = 20ms}, open_notes, book.path()};
  };
  std::array<place, 8> places;
  std::mutex mutex;
  std::vector<std::string> faults;
  std::size_t next = 0;
  std::vector<std::thread> threads;
  for (auto& [book, workers] : places)
    threads.emplace_back([&] {
      for (std::unique_lock lock(mutex); next != cells.size();) {
        const auto& mine = cells[next++];
        lock.unlock();
        const auto fault = fault_of(workers, book, mine);
        lock.lock();
        if (!fault.empty())
          faults.push_back(mine.name() + ": " + fault);
      }
    });
  for (auto& each : threads)
    each.join();
  for (const auto& each : faults)
    FAIL_CHECK(each);
  CHECK(cells.size() == 90);
}

// What is wrong with a call that was ended from here while its item hung: cancelled, or with its pool.
std::string fault_of_cancelled(const endings& got, std::size_t bad) {
  for (std::size_t i = 0; i < got.values.size(); ++i)
    if (got.errors[i]) {
      try {
        std::rethrow_exception(got.errors[i]);
      } catch (const cancelled&) {
      } catch (const std::exception& e) {
        return "item " + std::to_string(i) + ": unexpected: " + e.what();
      }
    } else if (i == bad)
      return "what hung has not failed";
    else if (got.others_known && got.values[i] != right_value(static_cast<int>(i)))
      return "item " + std::to_string(i) + " has a wrong value, or none";
  return {};
}

// The futures of a call of which one item hangs.
template <class Pool, class F, class Item>
auto start(Pool& p, const cell& c, F f, const std::vector<Item>& items) {
  auto v = p.with({.chunksize = c.chunksize});
  std::pair<decltype(v.map_async(f, items)), std::vector<decltype(v.apply_async(f, items[0]))>> later;
  if (c.how == verb::map_async)
    later.first = v.map_async(f, items);
  else
    for (const auto& each : items)
      later.second.push_back(v.apply_async(f, each));
  return later;
}
template <class Later> endings take(Later& later, std::size_t count, std::size_t bad) {
  endings got(count);
  if (later.second.empty())
    note_all(got, bad, [&] { return later.first.get(); });
  else
    for (std::size_t i = 0; i < count; ++i)
      note(got, i, [&] { return later.second[i].get(); });
  return got;
}

template <class Pool, class End> std::string fault_of_ending(Pool& p, const notebook& book, const cell& c, End end) {
  book.forget_runs();
  auto later = start(p, c, work, arguments_of(c, count_of(c), bad_of(c)));
  while (book->hung == 0)
    std::this_thread::yield();
  end(later);
  const auto got = take(later, count_of(c), bad_of(c));
  if (auto fault = fault_of_cancelled(got, bad_of(c)); !fault.empty())
    return fault;
  for (std::size_t i = 0; i < count_of(c); ++i)
    if (const int runs = book->runs[i]; runs > 1 || (got.values[i] && runs != 1))
      return "item " + std::to_string(i) + " was run " + std::to_string(runs) + " times";
  if (!book.is_let_go())
    return "the worker, or what it forked, lives";
  return {};
}

std::vector<cell> cells_of_async_hangs() {
  auto cells = cells_of(hang_causes);
  std::erase_if(cells, [](const cell& c) {
    return (c.how != verb::map_async && c.how != verb::apply_async) || c.where == point::running_plain;
  });
  return cells;
}

template <class Policy> void check_cancelled_hangs() {
  const notebook book;
  pool<Policy> p{{.workers = 2, .grace_period = 20ms}, open_notes, book.path()};
  for (const auto& each : cells_of_async_hangs()) {
    const guard guarded(each.name());
    INFO(each.name() << ", cancelled");
    const auto cancel = [&](auto& later) {
      CHECK((each.how == verb::map_async ? later.first.cancel() : later.second[bad_of(each)].cancel()));
    };
    CHECK(fault_of_ending(p, book, each, cancel) == "");
    CHECK(works(p));
  }
}

template <class Policy> void check_terminated_hangs() {
  const notebook book;
  for (const auto& each : cells_of_async_hangs()) {
    const guard guarded(each.name());
    INFO(each.name() << ", and its pool is terminated");
    pool<Policy> p{2, open_notes, book.path()};
    const auto terminate = [&](auto&) {
      p.terminate();
      p.join();
    };
    CHECK(fault_of_ending(p, book, each, terminate) == "");
    CHECK(childless());
  }
}

// ---- idle workers ----

// A process that is watched, and can be sent signals: never to another that has got its number.
class watched {
public:
  explicit watched(int pid) : watch_(detail::watch_process(pid)) {}
  void signal(int number) const {
    static_cast<void>(::syscall(SYS_pidfd_send_signal, watch_.get(), number, nullptr, 0));
  }
  [[nodiscard]] bool has_gone() const { return ends(watch_); }

private:
  detail::descriptor watch_;
};

// The worker that runs this comes to an end when it gets the signal.
int arm(cause what) {
  static cause armed{};
  armed = what;
  ::signal(SIGUSR1, [](int) { come_to_an_end(armed); });
  return this_worker::pid();
}

std::vector<cause> fatal_causes() {
  std::vector<cause> all(signal_causes.begin(), signal_causes.end());
  all.insert(all.end(), exit_causes.begin(), exit_causes.end());
  return all;
}

template <class Policy> void check_idle() {
  constexpr auto nothing_lost = std::size_t(-1);
  for (const int workers : {1, 2}) {
    const notebook book;
    pool<Policy> p{workers, open_notes, book.path()};
    for (auto& each : cells_of(fatal_causes()))
      if (each.where == point::running || each.where == point::running_plain) {
        const guard guarded(each.name());
        INFO(each.name() << ", after a worker of " << workers << " has ended while it was idle");
        const watched victim(p.apply(arm, each.what));
        victim.signal(SIGUSR1);
        REQUIRE(victim.has_gone());
        book.forget_runs();
        const auto got = call(p.with({.chunksize = each.chunksize}), each, count_of(each), nothing_lost);
        CHECK(got.error_count == 0);
        CHECK(fault_of_endings(got, each, book, nothing_lost) == "");
      }
  }
}

// ---- initializers ----

void init_or_end(const std::string& path, cause what) {
  open_notes(path);
  ++noted->inits;
  if (noted->failing_inits > 0) {
    --noted->failing_inits;
    come_to_an_end(what, false);
  }
}

bool names_initializer(const std::string& says, cause what) {
  const auto* const words = end_by(what).words;
  return what == cause::memory ? contains(says, "the initializer threw") && contains(says, "memory")
                               : contains(says, words) && contains(says, "in its initializer");
}

options options_for(cause what, int workers) {
  const bool limited = what == cause::memory || what == cause::memory_unbearable;
  return {.workers = workers, .memory_limit = limited ? std::size_t{64} << 20U : 0};
}

std::vector<cause> causes_of_failed_starts() {
  auto all = fatal_causes();
  if (!with_asan)
    all.insert(all.end(), memory_causes.begin(), memory_causes.end());
  return all;
}

template <class Policy> void check_first_initializers() {
  for (const auto what : causes_of_failed_starts())
    for (const int failing : {1, 2}) {
      const guard guarded(end_by(what).name);
      INFO(end_by(what).name << " in " << failing << " of two first initializers");
      const notebook book;
      book->failing_inits = failing;
      try {
        const pool<Policy> p{options_for(what, 2), init_or_end, book.path(), what};
        FAIL_CHECK("no exception");
      } catch (const start_failed& e) {
        INFO(e.what());
        CHECK(names_initializer(e.what(), what));
      }
      CHECK(childless());
    }
}

template <class Policy> void check_later_initializers() {
  for (const auto what : causes_of_failed_starts())
    for (const auto how : verbs) {
      const cell c{what, point::running, how, 0};
      const guard guarded(c.name());
      INFO(c.name() << ", and in replacements' initializers");
      const notebook book;
      // One worker that is lost and cannot be replaced at once: the call waits until it is.
      pool<Policy> p{options_for(what, 1), init_or_end, book.path(), what};
      book->failing_inits = what == cause::memory ? 0 : 2; // that costs no worker
      CHECK(fault_of(p, book, c) == "");
      CHECK(book->inits == (what == cause::memory ? 1 : 4));
    }
}

template <class Policy> void check_last_initializers() {
  for (const auto what : causes_of_failed_starts()) {
    if (what == cause::memory)
      continue;
    const guard guarded(end_by(what).name);
    INFO(end_by(what).name << " in every initializer of a replacement");
    const notebook book;
    pool<Policy> p{options_for(what, 2), init_or_end, book.path(), what};
    book->failing_inits = 1'000'000;
    for (int i = 0; i < 2; ++i) {
      const Argument bad{i, point::running, what, 0};
      CHECK_THROWS_AS(p.apply(work, bad), worker_died); // the first costs one worker, the second the other
    }
    for (int i = 0; i < 2; ++i)
      try {
        p.map(square, up_to(10));
        FAIL_CHECK("no exception");
      } catch (const start_failed& e) {
        INFO(e.what());
        CHECK(names_initializer(e.what(), what));
      }
    auto later = [&]() -> std::string {
      try {
        return p.apply_async(square, 1).get() == 1 ? "a value" : "a wrong value";
      } catch (const start_failed&) {
        return "start_failed";
      }
    };
    CHECK(later() == "start_failed");
    p.close();
    p.join();
    CHECK(childless());
  }
}

// ---- the pool's end ----

Result work_after_gate(const Argument& a) {
  ++noted->waiting;
  while (noted->gate == 0)
    std::this_thread::yield();
  return work(a);
}

int end_at_exit(cause what) {
  static cause at_exit{};
  at_exit = what;
  std::atexit([] { come_to_an_end(at_exit); });
  std::exit(0);
}

template <class Policy> void check_shutdown(std::span<const cause> causes) {
  for (const auto what : causes)
    for (const auto where : {point::decoding, point::running, point::encoding, point::writing})
      for (const auto how : {verb::map_async, verb::apply_async}) {
        const bool hangs = end_by(what).words == nullptr;
        if (hangs && where != point::running) // each takes its time
          continue;
        const cell c{what, where, how, 0, hangs ? 1s : 0s};
        const guard guarded(c.name());
        INFO(c.name() << ", while the pool closes");
        const notebook book;
        std::optional<pool<Policy>> p;
        p.emplace(options{.workers = 2, .task_timeout = c.timeout, .grace_period = 20ms}, open_notes, book.path());
        auto later = start(*p, c, work_after_gate, arguments_of(c, count_of(c), bad_of(c)));
        while (book->waiting == 0)
          std::this_thread::yield();
        p->close();
        book->gate = 1;
        p.reset();
        CHECK(childless());
        CHECK(fault_of_endings(take(later, count_of(c), bad_of(c)), c, book, bad_of(c)) == "");
      }
  for (const auto what : causes) {
    if (end_by(what).words == nullptr)
      continue;
    const guard guarded(end_by(what).name);
    INFO(end_by(what).name << " of an idle worker while the pool closes");
    const notebook book;
    pool<Policy> p{2, open_notes, book.path()};
    const watched victim(p.apply(arm, what));
    p.close();
    victim.signal(SIGUSR1);
    p.join();
    CHECK(victim.has_gone());
    CHECK(childless());
  }
}

template <class Policy> void check_ends_at_exit() {
  const notebook book;
  pool<Policy> p{2, open_notes, book.path()};
  for (const auto what : {cause::sigkill, cause::sigsegv, cause::sigabrt, cause::terminate, cause::escapes,
                          cause::stack_overflow, cause::quick_exit}) {
    const cell c{what, point::running, verb::apply, 0};
    const guard guarded(c.name());
    INFO(c.name() << ", at exit");
    try {
      p.apply(end_at_exit, what);
      FAIL_CHECK("no exception");
    } catch (...) {
      CHECK(fault_of_error(std::current_exception(), c, 0, book->pid) == "");
    }
    CHECK(works(p));
  }
}

} // namespace

TEST_CASE("workers that are killed or crash, by fork", "[fork][signals]") {
  check_ends<crosspool::fork>(signal_causes);
}
TEST_CASE("workers that are killed or crash, by spawn", "[spawn][signals]") {
  check_ends<crosspool::spawn>(signal_causes);
}
TEST_CASE("workers that exit, by fork", "[fork][exits]") {
  check_ends<crosspool::fork>(exit_causes);
  check_ends_at_exit<crosspool::fork>();
}
TEST_CASE("workers that exit, by spawn", "[spawn][exits]") {
  check_ends<crosspool::spawn>(exit_causes);
  check_ends_at_exit<crosspool::spawn>();
}

// A sanitizer does not live with so little.
TEST_CASE("items for which memory does not suffice, by fork", "[fork][memory]") {
  if (!with_asan)
    check_ends<crosspool::fork>(memory_causes, std::size_t{64} << 20U);
}
TEST_CASE("items for which memory does not suffice, by spawn", "[spawn][memory]") {
  if (!with_asan)
    check_ends<crosspool::spawn>(memory_causes, std::size_t{64} << 20U);
}

TEST_CASE("items that hang until their time is over, by fork", "[fork][hangs]") {
  check_hangs<crosspool::fork>();
}
TEST_CASE("items that hang until their time is over, by spawn", "[spawn][hangs]") {
  check_hangs<crosspool::spawn>();
}
TEST_CASE("items that hang until they are cancelled, or their pool terminated, by fork", "[fork][cancelled]") {
  check_cancelled_hangs<crosspool::fork>();
  check_terminated_hangs<crosspool::fork>();
}
TEST_CASE("items that hang until they are cancelled, or their pool terminated, by spawn", "[spawn][cancelled]") {
  check_cancelled_hangs<crosspool::spawn>();
  check_terminated_hangs<crosspool::spawn>();
}

TEST_CASE("workers that end while they are idle, by fork", "[fork][idle]") {
  check_idle<crosspool::fork>();
}
TEST_CASE("workers that end while they are idle, by spawn", "[spawn][idle]") {
  check_idle<crosspool::spawn>();
}

TEST_CASE("workers that end in their initializers, by fork", "[fork][initializers]") {
  check_first_initializers<crosspool::fork>();
  check_later_initializers<crosspool::fork>();
  check_last_initializers<crosspool::fork>();
}
TEST_CASE("workers that end in their initializers, by spawn", "[spawn][initializers]") {
  check_first_initializers<crosspool::spawn>();
  check_later_initializers<crosspool::spawn>();
  check_last_initializers<crosspool::spawn>();
}

TEST_CASE("workers that end while their pool closes, by fork", "[fork][shutdown]") {
  check_shutdown<crosspool::fork>(fatal_causes());
  check_shutdown<crosspool::fork>(hang_causes);
}
TEST_CASE("workers that end while their pool closes, by spawn", "[spawn][shutdown]") {
  check_shutdown<crosspool::spawn>(fatal_causes());
  check_shutdown<crosspool::spawn>(hang_causes);
}
