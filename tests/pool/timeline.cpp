// The trace file: JSON that Perfetto opens, with each item in it, whatever becomes of it, for every policy.
#include <crosspool/crosspool.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <list>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "catch.hpp"
#include "child.hpp"
#include "numbers.hpp"

#define POLICIES crosspool::thread, crosspool::fork, crosspool::spawn

using namespace crosspool;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

// A file's name, and no file when it is done with.
class scratch {
public:
  scratch() : folder_((std::filesystem::temp_directory_path() / "crosspool-XXXXXX").string()) {
    REQUIRE(::mkdtemp(folder_.data()) != nullptr);
  }
  ~scratch() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::string path(const std::string& name = "run.json") const { return folder_ + "/" + name; }
  [[nodiscard]] std::string text(const std::string& name = "run.json") const {
    std::ifstream file(path(name));
    return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  }

private:
  std::string folder_;
};

// An event, with its numbers and words by their names; those of "args" as well.
struct event {
  std::map<std::string, std::string> words;
  std::map<std::string, double> numbers;
};

// Reads an array of objects as JSON has it, and throws where it is none.
class json_reader {
public:
  explicit json_reader(std::string_view text) : at_(text) {}

  std::vector<event> read_array() {
    std::vector<event> all;
    expect('[');
    do {
      all.emplace_back();
      read_object(all.back());
    } while (take(','));
    expect(']');
    skip_space();
    if (!at_.empty())
      throw std::runtime_error("more than an array");
    return all;
  }

private:
  void skip_space() { at_.remove_prefix(std::min(at_.find_first_not_of(" \n\t\r"), at_.size())); }
  bool take(char c) {
    skip_space();
    if (at_.empty() || at_.front() != c)
      return false;
    at_.remove_prefix(1);
    return true;
  }
  void expect(char c) {
    if (!take(c))
      throw std::runtime_error(std::string("no ") + c + " before " + std::string(at_.substr(0, 30)));
  }
  std::string read_string() {
    expect('"');
    const auto end = at_.find('"');
    const auto text = at_.substr(0, end);
    if (end == at_.npos || std::any_of(text.begin(), text.end(), [](char c) { return c == '\\' || c < ' '; }))
      throw std::runtime_error("no string");
    at_.remove_prefix(end + 1);
    return std::string(text);
  }
  void read_object(event& to) {
    expect('{');
    do {
      const auto name = read_string();
      expect(':');
      skip_space();
      if (at_.substr(0, 1) == "{")
        read_object(to);
      else if (at_.substr(0, 1) == "\"")
        to.words[name] = read_string();
      else {
        const auto number = std::string(at_.substr(0, at_.find_first_not_of("-.0123456789")));
        std::size_t read = 0;
        to.numbers[name] = std::stod(number, &read);
        if (read != number.size() || number.empty())
          throw std::runtime_error("no number");
        at_.remove_prefix(read);
      }
    } while (take(','));
    expect('}');
  }

  std::string_view at_;
};

std::vector<event> events_of(const std::string& text) {
  return json_reader(text).read_array();
}
std::vector<event> only(std::vector<event> all, const std::string& phase) {
  std::erase_if(all, [&](const event& each) { return each.words.at("ph") != phase; });
  return all;
}

// Checks what must be so of any trace, and returns how often it has each item of a verb.
std::map<std::size_t, int> items_of(const std::vector<event>& all, const std::string& verb, int workers) {
  std::map<std::size_t, int> times;
  std::map<double, std::vector<std::pair<double, double>>> of_worker;
  for (const auto& each : only(all, "X")) {
    const auto worker = each.numbers.at("tid") - 1, begin = each.numbers.at("ts"), time = each.numbers.at("dur");
    CHECK(worker >= 0);
    CHECK(worker < workers);
    CHECK(begin >= 0);
    CHECK(time >= 0);
    of_worker[worker].emplace_back(begin, begin + time);
    if (each.words.at("name").starts_with(verb + " "))
      for (std::size_t i = 0; i < static_cast<std::size_t>(each.numbers.at("items")); ++i)
        ++times[static_cast<std::size_t>(each.numbers.at("first")) + i];
  }
  for (auto& [worker, slices] : of_worker) { // a worker does one thing at a time
    std::sort(slices.begin(), slices.end());
    for (std::size_t i = 1; i < slices.size(); ++i)
      CHECK(slices[i - 1].second <= slices[i].first + 0.002); // as they are rounded
  }
  return times;
}
bool each_once(const std::map<std::size_t, int>& times, std::size_t count) {
  return times.size() == count && std::all_of(times.begin(), times.end(),
                                              [&](const auto& each) { return each.first < count && each.second == 1; });
}

int work_for(int milliseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
  while (std::chrono::steady_clock::now() < end) {
  }
  return milliseconds;
}
int die_at_three(int x) {
  return x == 3 ? std::raise(SIGKILL) : x;
}

} // namespace

TEST_CASE("the reader of these tests knows what is no JSON") {
  CHECK(events_of(R"([{"a":1,"b":{"c":"d"}}, {"a":-2.5}])").size() == 2);
  for (const auto* const bad : {"", "[", "[]x", "[{}]", R"([{"a":1},])", R"([{"a":1}]])", R"([{"a":})",
                                R"([{"a":1..2}])", R"([{"a":"b}])", R"([{"a" 1}])", R"([{"a":1}{"a":1}])"})
    CHECK_THROWS(events_of(bad));
}

TEST_CASE("times are written as JSON has numbers, without regard to the locale") {
  CHECK(detail::in_microseconds(0ns) == "0.000");
  CHECK(detail::in_microseconds(7ns) == "0.007");
  CHECK(detail::in_microseconds(1ms + 20ns) == "1000.020");
  CHECK(detail::in_microseconds(1h + 999ns) == "3600000000.999");
}

TEMPLATE_TEST_CASE("each item is in the trace once", "", POLICIES) {
  const scratch folder;
  {
    pool<TestType> p{3};
    p.trace_to(folder.path());
    p.map(square, up_to(1000));
    p.with({.chunksize = 7}).try_map(square, up_to(100));
    p.map_async(square, up_to(50)).get();
    p.starmap([](int a, int b) { return a + b; }, std::list<std::pair<int, int>>(20));
    p.apply(work_for, 5);
    p.with({.chunksize = 7}).map_reduce(square, up_to(1000), std::plus<>(), 0);
  }
  const auto all = events_of(folder.text());
  const auto names = only(all, "M");
  REQUIRE(names.size() == 4);                     // the pool's and the workers'
  CHECK(names[1].words.at("name") == "worker 0"); // "args" has a name, too
  CHECK(names[1].numbers.at("tid") == 1);
  CHECK(each_once(items_of(all, "map", 3), 1000));
  CHECK(each_once(items_of(all, "try_map", 3), 100));
  CHECK(each_once(items_of(all, "map_async", 3), 50));
  CHECK(each_once(items_of(all, "starmap", 3), 20));
  CHECK(each_once(items_of(all, "apply", 3), 1));
  CHECK(each_once(items_of(all, "map_reduce", 3), 1000));
  CHECK(only(all, "i").empty());
  for (const auto& each : only(all, "X"))
    if (each.words.at("name") == "apply 0")
      CHECK(each.numbers.at("dur") >= 5000);
}

TEMPLATE_TEST_CASE("a trace begins and ends when it is told to", "", POLICIES) {
  const scratch folder;
  pool<TestType> p{2};
  p.stop_trace();
  p.map(square, up_to(10));
  p.trace_to(folder.path("a"));
  p.map(square, up_to(20));
  p.trace_to(folder.path("b"));
  p.map(square, up_to(30));
  p.stop_trace();
  const auto b = folder.text("b");
  p.map(square, up_to(40));
  p.close();
  p.join();
  p.stop_trace();
  CHECK(each_once(items_of(events_of(folder.text("a")), "map", 2), 20));
  CHECK(each_once(items_of(events_of(b), "map", 2), 30));
  CHECK(folder.text("b") == b);
}

TEMPLATE_TEST_CASE("a trace is complete after join", "", POLICIES) {
  const scratch folder;
  pool<TestType> p{2};
  p.trace_to(folder.path());
  auto f = p.map_async(square, up_to(100));
  p.close();
  p.join();
  CHECK(each_once(items_of(events_of(folder.text()), "map_async", 2), 100));
  CHECK(f.get().size() == 100);
}

TEMPLATE_TEST_CASE("after join there is nothing to trace", "", POLICIES, inline_as<crosspool::thread>) {
  const scratch folder;
  pool<TestType> p{1};
  p.close();
  p.trace_to(folder.path("a")); // something may still run
  p.join();
  CHECK(events_of(folder.text("a")).size() == 2);
  CHECK_THROWS_AS(p.trace_to(folder.path("b")), pool_closed);
  CHECK_FALSE(std::filesystem::exists(folder.path("b")));
  p.stop_trace();
}

TEMPLATE_TEST_CASE("a long trace is written meanwhile, in whole events", "", POLICIES) {
  const scratch folder;
  pool<TestType> p{2};
  p.trace_to(folder.path());
  std::string so_far;
  for (int i = 0; i < 3000 && so_far.size() < 10'000; ++i) {
    p.with({.chunksize = 1}).map(square, up_to(20));
    so_far = folder.text();
  }
  REQUIRE(so_far.size() >= 10'000);
  CHECK(events_of(so_far + "]").size() > 10); // the format needs no end
  p.stop_trace();
  CHECK(folder.text().size() > so_far.size());
  CHECK(events_of(folder.text()).size() > 10);
}

TEMPLATE_TEST_CASE("a worker that dies is marked at its item", "", crosspool::fork, crosspool::spawn) {
  const scratch folder;
  {
    pool<TestType> p{2};
    p.trace_to(folder.path());
    p.try_map(die_at_three, up_to(10));
  }
  const auto all = events_of(folder.text());
  const auto marks = only(all, "i");
  REQUIRE(marks.size() == 1);
  CHECK(marks[0].words.at("name") == "died by SIGKILL");
  CHECK(marks[0].words.at("item") == "try_map 3");
  CHECK(each_once(items_of(all, "try_map", 2), 10)); // the one that it died at, too
}

TEMPLATE_TEST_CASE("a worker that dies with nothing to do is marked", "", crosspool::fork, crosspool::spawn) {
  const scratch folder;
  {
    pool<TestType> p{1};
    p.trace_to(folder.path());
    const int pid = p.apply(this_worker::pid);
    const auto watch = detail::watch_process(pid);
    ::kill(pid, SIGKILL);
    REQUIRE(ends(watch));
    CHECK(p.with({.retries = 1}).apply(this_worker::pid) != pid); // which it may be given before its end is seen
  }
  const auto marks = only(events_of(folder.text()), "i");
  REQUIRE(marks.size() == 1);
  CHECK(marks[0].words.at("name") == "died by SIGKILL");
  CHECK(marks[0].numbers.at("tid") == 1);
}

TEMPLATE_TEST_CASE("a worker that is replaced in order is not marked", "", crosspool::fork, crosspool::spawn) {
  const scratch folder;
  {
    pool<TestType> p{{.workers = 2, .max_tasks_per_worker = 2, .max_memory_per_worker = 1}};
    p.trace_to(folder.path());
    p.map(square, up_to(20));
  }
  CHECK(only(events_of(folder.text()), "i").empty());
}

TEMPLATE_TEST_CASE("an item whose time was over is marked", "", POLICIES) {
  const scratch folder;
  {
    pool<TestType> p{1};
    p.trace_to(folder.path());
    // A process is stopped, which may take a while; a thread comes back late.
    const int milliseconds = TestType::arguments == crossing::shared ? 100 : 3'600'000;
    CHECK_THROWS_AS(p.with({.timeout = 20ms}).apply(work_for, milliseconds), task_timed_out);
  }
  const auto marks = only(events_of(folder.text()), "i");
  REQUIRE(marks.size() == 1);
  CHECK(marks[0].words.at("name") == "timed out");
  CHECK(marks[0].words.at("item") == "apply 0");
}

TEMPLATE_TEST_CASE("a file that cannot be written is refused", "", POLICIES) {
  const scratch folder;
  pool<TestType> p{1};
  const auto nowhere = folder.path("none/run.json");
  CHECK_THROWS_AS(p.trace_to(nowhere), error);
  CHECK_THROWS_WITH(p.trace_to(nowhere), Contains(nowhere) && Contains("No such file"));
  CHECK_THROWS_WITH(p.trace_to("/dev/full"), Contains("/dev/full") && Contains("No space left"));
  p.stop_trace(); // it has been told
  CHECK(works(p));
}

TEST_CASE("what cannot be written later costs nothing but the trace, and is told once") {
  const scratch folder;
  detail::timeline t;
  t.start(folder.path(), 1);
  const auto now = std::chrono::steady_clock::now();
  // A file that may not become larger.
  std::signal(SIGXFSZ, SIG_IGN);
  ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto small = before;
  small.rlim_cur = std::filesystem::file_size(folder.path()) + 1000;
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  for (std::size_t i = 0; i < 10'000 && t.is_on(); ++i)
    t.slice(0, "map", i, 1, now, now + 1us);
  CHECK_FALSE(t.is_on());
  t.slice(0, "map", 0, 1, now, now);
  t.mark(0, "timed out", "map", 0, now);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK_THROWS_WITH(t.stop(), Contains(folder.path()) && Contains("File too large"));
  t.stop();
  t.start(folder.path(), 1);
  t.stop();
  CHECK(events_of(folder.text()).size() == 2);
}

TEST_CASE("times before the trace begins are its beginning") {
  const scratch folder;
  detail::timeline t;
  t.start(folder.path(), 1);
  t.slice(0, "map", 5, 3, {}, {});
  t.slice(0, "map", 8, 1, {}, std::chrono::steady_clock::now() + 1h);
  t.mark(0, "died by SIGSEGV", "map", 9, {});
  t.stop();
  const auto all = events_of(folder.text());
  const auto slices = only(all, "X");
  REQUIRE(slices.size() == 2);
  CHECK(slices[0].words.at("name") == "map 5-7");
  CHECK(slices[0].numbers.at("ts") == 0);
  CHECK(slices[0].numbers.at("dur") == 0);
  CHECK(slices[1].numbers.at("dur") > 1e6 * 3600);
  CHECK(only(all, "i").front().numbers.at("ts") == 0);
}

TEMPLATE_TEST_CASE("traces may be begun and ended while others work", "", POLICIES) {
  const scratch folder;
  pool<TestType> p{2};
  std::atomic<bool> done = false;
  std::atomic<int> traces = 0;
  std::thread other([&] {
    for (; !done; ++traces) {
      p.trace_to(folder.path());
      p.stop_trace();
    }
  });
  for (int i = 0; i < 20 || traces == 0; ++i)
    p.map(square, up_to(1000));
  done = true;
  other.join();
  CHECK_FALSE(events_of(folder.text()).empty());
}
