// What workers print: whole lines, none of them lost, and through a callback where there is one.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "journal.hpp"
#include "numbers.hpp"

#define PROCESSES crosspool::fork, crosspool::spawn

using namespace crosspool;

namespace {

// Takes lines from a pool; outlives it.
class listener {
public:
  auto callback() {
    return [this](int worker, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.emplace_back(worker, line);
    };
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> texts;
    for (const auto& [worker, line] : lines_)
      texts.push_back(line);
    return texts;
  }
  std::vector<std::string> sorted() {
    auto texts = lines();
    std::ranges::sort(texts);
    return texts;
  }
  std::vector<std::pair<int, std::string>> with_workers() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

private:
  std::mutex mutex_;
  std::vector<std::pair<int, std::string>> lines_;
};

using texts = std::vector<std::string>;

void print_in_pieces(int x) {
  std::cout << "out " << x << ' ' << -x << '\n';
  std::cerr << "err " << x << ' ' << -x << '\n';
  std::printf("printf %d %d\n", x, -x);
  std::clog << "log " << x << ' ' << -x << std::endl;
}
texts expected_of(int items) {
  texts lines;
  for (int x = 0; x < items; ++x)
    for (const auto* const what : {"out ", "err ", "printf ", "log "})
      lines.push_back(what + std::to_string(x) + ' ' + std::to_string(-x));
  std::ranges::sort(lines);
  return lines;
}

void print_alternately(int x) {
  (x % 2 == 0 ? std::cout : std::cerr) << x << '\n';
}
void print_without_end(int x) {
  std::cout << "begun " << x;
}
int print_and_die(int x) {
  std::cout << "last words of " << x << '\n' << "unfinished";
  if (x % 2 == 1)
    std::raise(SIGKILL);
  return x;
}
void print_much(int lines) {
  for (int i = 0; i < lines; ++i)
    std::cout << std::string(999, 'x') << '\n';
}
void print_long(int length) {
  std::cout << std::string(static_cast<std::size_t>(length), 'l') << '\n';
}
void print_by_others(int) {
  static_cast<void>(!::write(STDOUT_FILENO, "written\n", 8));
  static_cast<void>(!std::system("echo echoed"));
}
void leave_a_child_behind(const std::string& path) {
  std::cout << "parent" << std::endl;
  if (::fork() == 0) {
    ::setsid();
    wait_at_gate(path);
    ::_exit(0);
  }
}
void say_hello(const std::string& what) {
  std::cout << what << " to worker " << this_worker::id() << '\n';
}

// While it lives, this process and what it starts print into a file.
class into_file {
public:
  into_file() : file_(std::tmpfile()) {
    REQUIRE(file_ != nullptr);
    flush();
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
      before_.push_back(::dup(fd));
      ::dup2(::fileno(file_), fd);
    }
  }
  into_file(const into_file&) = delete;
  into_file& operator=(const into_file&) = delete;
  ~into_file() { std::fclose(file_); }

  texts finish() {
    flush();
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
      ::dup2(before_[static_cast<std::size_t>(fd - STDOUT_FILENO)], fd);
      ::close(before_[static_cast<std::size_t>(fd - STDOUT_FILENO)]);
    }
    std::string all;
    std::rewind(file_);
    for (int c = 0; (c = std::fgetc(file_)) != EOF;)
      all += static_cast<char>(c);
    texts lines;
    detail::line_cutter cutter;
    const auto keep = [&](std::string&& line) { lines.push_back(std::move(line)); };
    cutter.add(all, keep);
    cutter.finish(keep);
    std::ranges::sort(lines);
    return lines;
  }

private:
  static void flush() {
    std::cout.flush();
    std::fflush(stdout);
  }

  std::FILE* file_;
  std::vector<int> before_;
};

} // namespace

TEST_CASE("text is cut into lines, however it comes") {
  detail::line_cutter cutter;
  texts lines;
  const auto keep = [&](std::string&& line) { lines.push_back(std::move(line)); };
  cutter.add("one\ntwo\n\nth", keep);
  CHECK(lines == texts{"one", "two", ""});
  cutter.add("", keep);
  cutter.add("ree", keep);
  cutter.add("\n", keep);
  cutter.finish(keep);
  CHECK(lines.size() == 4);
  CHECK(lines.back() == "three");
  cutter.add("no end", keep);
  cutter.finish(keep);
  CHECK(lines.back() == "no end");
}

TEMPLATE_TEST_CASE("a callback has each line that a worker prints, with the worker's number", "", PROCESSES) {
  listener heard;
  {
    pool<TestType> p{{.workers = 3, .on_output = heard.callback()}};
    p.map(print_in_pieces, up_to(100));
  }
  CHECK(heard.sorted() == expected_of(100));
  for (const auto& [worker, line] : heard.with_workers())
    CHECK((worker >= 0 && worker < 3));
}

TEMPLATE_TEST_CASE("the lines of a worker come in order, also when it has been replaced", "", PROCESSES) {
  for (const std::size_t tasks : {0U, 1U, 3U}) {
    listener heard;
    pool<TestType> p{{.workers = 1, .max_tasks_per_worker = tasks, .on_output = heard.callback()}};
    p.map(print_alternately, up_to(20));
    p.close();
    p.join();
    texts expected;
    for (int i = 0; i < 20; ++i)
      expected.push_back(std::to_string(i));
    CHECK(heard.lines() == expected);
  }
}

TEMPLATE_TEST_CASE("a line without an end comes at the worker's", "", PROCESSES) {
  listener heard;
  pool<TestType> p{{.workers = 1, .on_output = heard.callback()}};
  p.apply(print_without_end, 1);
  p.apply(print_without_end, 2);
  p.close();
  p.join();
  CHECK(heard.lines() == texts{"begun 1begun 2"});
}

TEMPLATE_TEST_CASE("what a worker printed before it died is not lost", "", PROCESSES) {
  listener heard;
  {
    pool<TestType> p{{.workers = 2, .on_output = heard.callback()}};
    CHECK_THROWS_AS(p.apply(print_and_die, 7), worker_died);
    CHECK(works(p));
  }
  const auto lines = heard.lines();
  CHECK(std::ranges::count(lines, "last words of 7") == 1);
}

TEMPLATE_TEST_CASE("a callback has what others print for a task", "", PROCESSES) {
  listener heard;
  pool<TestType> p{{.workers = 1, .on_output = heard.callback()}};
  p.apply(print_by_others, 1);
  p.close();
  p.join();
  CHECK(heard.lines() == texts{"written", "echoed"});
}

TEMPLATE_TEST_CASE("a process that holds a worker's output is not waited for", "", PROCESSES) {
  const journal gate;
  listener heard;
  pool<TestType> p{{.workers = 1, .on_output = heard.callback()}};
  p.apply(leave_a_child_behind, gate.path());
  p.close();
  p.join();
  gate.open_gate();
  CHECK(heard.lines() == texts{"parent"});
}

TEMPLATE_TEST_CASE("long lines and many are whole", "", PROCESSES) {
  listener heard;
  pool<TestType> p{{.workers = 2, .on_output = heard.callback()}};
  p.map(print_long, {1, 1'000'000, 0, 70'000, 65'536});
  p.map(print_much, {1000, 1000, 1000});
  p.terminate(); // what has been printed is there
  p.join();
  std::map<std::size_t, int> lengths;
  for (const auto& each : heard.lines())
    ++lengths[each.size()];
  CHECK(lengths == std::map<std::size_t, int>{{0, 1}, {1, 1}, {999, 3000}, {65'536, 1}, {70'000, 1}, {1'000'000, 1}});
}

TEMPLATE_TEST_CASE("a callback that does not return keeps nobody from working", "", PROCESSES) {
  std::promise<void> gate;
  int lines = 0;
  pool<TestType> p{{.workers = 2, .on_output = [&, open = gate.get_future().share()](int, std::string_view) {
                      open.wait();
                      ++lines;
                    }}};
  p.map(print_much, {1000, 1000});
  gate.set_value();
  p.close();
  p.join();
  CHECK(lines == 2000);
}

TEMPLATE_TEST_CASE("a callback may use its pool, and throw", "", PROCESSES) {
  std::promise<pool<TestType>*> self;
  std::promise<int> result;
  pool<TestType> p{{.workers = 1, .on_output = [&](int, std::string_view line) {
                      if (line == "0")
                        result.set_value(self.get_future().get()->apply(square, 7));
                      throw std::runtime_error("nobody hears this");
                    }}};
  self.set_value(&p);
  p.map(print_alternately, up_to(5));
  CHECK(result.get_future().get() == 49);
}

TEMPLATE_TEST_CASE("an initializer's output belongs to its worker", "", PROCESSES) {
  listener heard;
  {
    pool<TestType> p{{.workers = 2, .on_output = heard.callback()}, say_hello, std::string("hello")};
  }
  CHECK(heard.sorted() == texts{"hello to worker 0", "hello to worker 1"});
}

TEMPLATE_TEST_CASE("without a callback, lines are not interleaved either", "", PROCESSES) {
  into_file here;
  {
    pool<TestType> p{4};
    p.map(print_in_pieces, up_to(500));
  }
  CHECK(here.finish() == expected_of(500));
}

TEMPLATE_TEST_CASE("without a callback, whole lines are not lost with their worker", "", PROCESSES) {
  into_file here;
  {
    pool<TestType> p{1};
    CHECK_THROWS_AS(p.apply(print_and_die, 1), worker_died);
  }
  const auto lines = here.finish();
  CHECK(std::ranges::count(lines, "last words of 1") == 1);
}
