// What is particular to forked workers: what their initializer inherits, and the template process.
#include <crosspool/crosspool.hpp>

#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"

using namespace crosspool;

namespace {

struct Inherited {
  const std::string* text = nullptr;
  std::mutex* mutex = nullptr;
  std::unique_ptr<int> handle;
} inherited;

struct Table {
  int numbers[3];
};
const Table table{{5, 6, 7}};

} // namespace

// The workers have it at the same address.
template <> inline constexpr bool crosspool::crosses_as_bytes<const Table*> = true;

TEST_CASE("a type that is declared to cross as its bytes does so, inside others too") {
  STATIC_REQUIRE(crossable<const Table*>);
  STATIC_REQUIRE_FALSE(crossable<Table*>);
  fork_pool p{2};
  CHECK(p.map([](const Table* t) { return t->numbers[1]; }, std::vector<const Table*>{&table}) == std::vector{6});
  struct Query {
    std::string name;
    const Table* table = nullptr;
  };
  CHECK(p.apply([](const Query& q) { return q.name + std::to_string(q.table->numbers[2]); }, Query{"n", &table}) ==
        "n7");
}

TEST_CASE("a fork pool's initializer inherits what nothing can serialize") {
  const std::string text = "the parent's";
  std::mutex mutex;
  fork_pool p{2, [](const std::string* t, std::mutex& m, std::unique_ptr<int> h) { inherited = {t, &m, std::move(h)}; },
              &text, mutex, std::make_unique<int>(5)};
  CHECK(p.apply([] {
    const std::lock_guard lock(*inherited.mutex);
    return *inherited.text + std::to_string(*inherited.handle);
  }) == "the parent's5");
}

TEST_CASE("a fork pool's initializer may be a lambda with captures") {
  int local = 3;
  static int kept = 0;
  fork_pool p{1, [&local] { kept = local; }};
  local = 4;
  CHECK(p.apply([] { return kept; }) == 3);
}

TEST_CASE("every forked worker, replacements too, starts from the memory of the pool's construction") {
  static int value = 1;
  value = 1;
  fork_pool p{{.workers = 1, .max_tasks_per_worker = 1}};
  value = 2;
  for (int i = 0; i < 3; ++i)
    CHECK(p.apply([] { return value++; }) == 1);
}

TEST_CASE("without its template process a fork pool ends with a clear error, and does not hang") {
  fork_pool p{2};
  const auto parent = p.apply([] { return static_cast<int>(::getppid()); });
  REQUIRE(parent != ::getpid());
  ::kill(parent, SIGKILL);
  CHECK_THROWS_AS(
      [&] {
        for (;;)
          p.apply(square, 3);
      }(),
      error);
  CHECK_THROWS_AS(p.apply(square, 3), start_failed);
  fork_pool another{1};
  CHECK(another.apply(square, 3) == 9);
}

TEST_CASE("a fork pool may be made in a thread that ends before it") {
  std::unique_ptr<fork_pool> p;
  std::thread([&] { p = std::make_unique<fork_pool>(2); }).join();
  CHECK(p->map(square, {1, 2, 3}) == std::vector{1, 4, 9});
}

TEST_CASE("workers may be so many that what is said of them does not fit into the template's socket") {
  CHECK(in_child([] {
          rlimit open{};
          ::getrlimit(RLIMIT_NOFILE, &open);
          open.rlim_cur = open.rlim_max;
          ::setrlimit(RLIMIT_NOFILE, &open);
          if (sanitized || open.rlim_max < 8192)
            return 0; // they need that many descriptors, and with a sanitizer too much memory
          fork_pool p{800};
          return works(p) ? 0 : 1;
        }) == 0);
}
