// A call's items packed for a worker process, run as a worker runs them, and their outcomes unpacked.
#include <crosspool/task.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

template <class R, class F, class... T> class parcel_run {
public:
  using task = remote_task<R, F, T...>;

  explicit parcel_run(const F& f, std::size_t first = 0) {
    home->add();
    home->seal();
    parcel = task(f).start_parcel(home, "map", first);
  }

  // What a worker does with the parcel; its replies reach the parcel through a channel.
  void run() {
    auto [a, b] = socket_pair(SOCK_STREAM);
    parent_channel parent(std::move(a));
    std::thread worker([request = parcel->request(), size = parcel->size(), socket = std::move(b)]() mutable {
      const worker_channel channel(socket.get());
      reply_writer replies(channel);
      byte_view rest = *request;
      const auto entry = reinterpret_cast<task_entry>(decode_function_id(rest));
      entry(rest, size, replies);
      replies.send();
      socket.reset();
    });
    for (bool open = true; open;) {
      ::pollfd p{parent.get(), POLLIN, 0};
      ::poll(&p, 1, -1);
      open = parent.receive([&](const frame_header& header, bytes payload) {
        CHECK(header.kind == frame_kind::replies);
        parcel->answer(header.count, std::move(payload));
      });
    }
    worker.join();
  }

  std::vector<outcome<R>> outcomes() {
    std::vector<outcome<R>> all;
    parcel->unpack(all);
    return all;
  }

  std::shared_ptr<completion> home = std::make_shared<completion>();
  std::shared_ptr<typename task::parcel_type> parcel;
};

int add(int a, int b) {
  return a + b;
}
int half(int x) {
  if (x % 2 != 0)
    throw std::invalid_argument("odd: " + std::to_string(x));
  return x / 2;
}
void nothing(int x) {
  static_cast<void>(half(x));
}
std::string repeat(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i)
    all += text;
  return all;
}
struct scale {
  int factor;
  int operator()(int x) const { return factor * x; }
};

struct named {
  std::string name;
  std::string get() const { return name; }
};
struct counted {
  int count = 5;
  virtual ~counted() = default;
  virtual int next() const { return count + 1; }
  int get() const { return count; }
};
struct named_and_counted : named, counted {
  int next() const override { return count + 2; }
};

// Throws when it is saved (sign < 0) or loaded (sign == 0).
struct fragile {
  explicit fragile(int s = 1) : sign(s) {}
  template <class Archive> void save(Archive& archive) const {
    archive(sign, std::string("something"));
    if (sign < 0)
      throw std::domain_error("cannot be saved");
  }
  template <class Archive> void load(Archive& archive) {
    std::string text;
    archive(sign);
    if (sign == 0)
      throw std::range_error("cannot be loaded");
    archive(text);
  }
  int sign;
};

template <class F> F passed(const F& f) {
  bytes buffer;
  function_codec<F>::save(buffer, f);
  byte_view rest = buffer;
  auto back = function_codec<F>::load(rest);
  CHECK(rest.empty());
  return back;
}

// One reply as a worker writes it.
bytes reply_of(int value) {
  bytes made;
  encode(made, false);
  encode(made, std::uint64_t{sizeof value});
  encode(made, value);
  return made;
}

} // namespace

TEST_CASE("functions pass by identity, their state by value") {
  CHECK(passed(&add) == &add);
  CHECK(passed(scale{3})(4) == 12);
  CHECK(passed([](int x) { return x + 1; })(1) == 2);
  CHECK(passed(std::plus<>{})(1, 2) == 3);
  CHECK(passed(crosspool::bind(add, 1))(2) == 3);
  CHECK(passed(crosspool::bind(repeat, "ab"))(2) == "abab");
  CHECK(passed(crosspool::bind(crosspool::bind(add, 1), 2))() == 3);
  const auto first = [](const std::tuple<int>& t) { return std::get<0>(t); };
  CHECK(passed(crosspool::bind(first, std::tuple(7)))() == 7);
}

TEST_CASE("pointers to members pass, whatever they hold") {
  const auto same = [](const auto& member) { return passed(member) == member; };
  CHECK(same(&named::name));
  CHECK(same(&counted::count));
  CHECK(same(&named::get));
  CHECK(same(&counted::get));
  CHECK(same(static_cast<int (named_and_counted::*)() const>(&counted::get)));
  CHECK(same(static_cast<int named_and_counted::*>(&counted::count)));

  named_and_counted object;
  CHECK(std::invoke(passed(&counted::next), object) == 7);
  CHECK(std::invoke(passed(&counted::next), counted()) == 6);
  CHECK(std::invoke(passed(static_cast<int (named_and_counted::*)() const>(&counted::next)), object) == 7);
  CHECK(std::invoke(passed(static_cast<int (named_and_counted::*)() const>(&counted::get)), object) == 5);
}

TEST_CASE("a member function passes by identity") {
  bytes buffer, as_function;
  function_codec<std::string (named::*)() const>::save(buffer, &named::get);
  encode_function_id(as_function, std::bit_cast<member_function>(&named::get).pointer);
  CHECK(std::search(buffer.begin(), buffer.end(), as_function.begin(), as_function.end()) != buffer.end());
}

TEST_CASE("a function that is none throws") {
  bytes buffer;
  CHECK_THROWS_AS(encode_function_id(buffer, 1), error);
  encode(buffer, function_id{"no such build", "libnone.so", 1});
  byte_view rest = buffer;
  CHECK_THROWS_WITH(decode_function_id(rest), ContainsSubstring("libnone.so"));
}

TEST_CASE("items run in order and their values come back in order") {
  parcel_run<int, int (*)(int, int), int, int> call(&add);
  for (int i = 0; i < 1000; ++i)
    call.parcel->add(i, 10 * i);
  CHECK(call.parcel->size() == 1000);
  CHECK_FALSE(call.home->ready());
  call.run();
  CHECK(call.home->ready());
  CHECK(call.parcel->answered() == 1000);
  CHECK(call.parcel->request() == nullptr);
  const auto all = call.outcomes();
  REQUIRE(all.size() == 1000);
  for (int i = 0; i < 1000; ++i)
    REQUIRE(*all[static_cast<std::size_t>(i)] == 11 * i);
}

TEST_CASE("an item that throws costs itself only") {
  parcel_run<int, int (*)(int), int> call(&half);
  for (const int x : {2, 3, 4})
    call.parcel->add(x);
  call.run();
  const auto all = call.outcomes();
  REQUIRE(all.size() == 3);
  CHECK(*all[0] == 1);
  CHECK_THROWS_AS(all[1].value(), std::invalid_argument);
  CHECK_THROWS_WITH(all[1].value(), "odd: 3");
  CHECK(*all[2] == 2);
}

TEST_CASE("a void function has outcomes, too") {
  parcel_run<std::monostate, void (*)(int), int> call(&nothing);
  for (const int x : {2, 3})
    call.parcel->add(x);
  call.run();
  const auto all = call.outcomes();
  REQUIRE(all.size() == 2);
  CHECK(all[0].has_value());
  CHECK_THROWS_AS(all[1].value(), std::invalid_argument);
}

TEST_CASE("an item that cannot be loaded in the worker costs itself only") {
  const auto f = [](const fragile& x, int y) { return x.sign + y; };
  parcel_run<int, std::remove_const_t<decltype(f)>, fragile, int> call(f);
  for (const int sign : {1, 0, 2})
    call.parcel->add(fragile(sign), 10);
  call.run();
  const auto all = call.outcomes();
  REQUIRE(all.size() == 3);
  CHECK(*all[0] == 11);
  CHECK_THROWS_AS(all[1].value(), std::range_error);
  CHECK(*all[2] == 12);
}

TEST_CASE("an item that cannot be saved leaves the parcel as it was") {
  const auto f = [](const fragile& x) { return x.sign; };
  parcel_run<int, std::remove_const_t<decltype(f)>, fragile> call(f);
  call.parcel->add(fragile(1));
  const auto before = *call.parcel->request();
  CHECK_THROWS_AS(call.parcel->add(fragile(-1)), std::domain_error);
  CHECK(call.parcel->size() == 1);
  CHECK((*call.parcel->request() == before));
  call.parcel->add(fragile(2));
  call.run();
  const auto all = call.outcomes();
  REQUIRE(all.size() == 2);
  CHECK(*all[1] == 2);
}

TEST_CASE("a result that cannot be saved or loaded costs its item only") {
  const auto f = [](int sign) { return fragile(sign); };
  parcel_run<fragile, std::remove_const_t<decltype(f)>, int> call(f);
  for (const int sign : {1, -1, 0, 2})
    call.parcel->add(sign);
  call.run();
  const auto all = call.outcomes();
  REQUIRE(all.size() == 4);
  CHECK(all[0]->sign == 1);
  CHECK_THROWS_AS(all[1].value(), std::domain_error);
  CHECK_THROWS_AS(all[2].value(), std::range_error);
  CHECK(all[3]->sign == 2);
}

TEST_CASE("results and items may be large and move-only") {
  const auto f = [](std::unique_ptr<std::string> p) { return std::make_unique<std::string>(*p + *p); };
  parcel_run<std::unique_ptr<std::string>, std::remove_const_t<decltype(f)>, std::unique_ptr<std::string>> call(f);
  for (std::size_t size = 0; size < 5; ++size)
    call.parcel->add(std::make_unique<std::string>(size << 20U, 'x'));
  call.run();
  const auto all = call.outcomes();
  REQUIRE(all.size() == 5);
  for (std::size_t i = 0; i < 5; ++i)
    CHECK((*all[i])->size() == i << 21U);
}

TEST_CASE("an item may be a tuple, and so may a result") {
  const auto f = [](const std::tuple<int>& t) { return std::tuple(std::get<0>(t), true); };
  parcel_run<std::tuple<int, bool>, std::remove_const_t<decltype(f)>, std::tuple<int>> call(f);
  call.parcel->add(std::tuple(5));
  call.run();
  CHECK(*call.outcomes().at(0) == std::tuple(5, true));
}

TEST_CASE("an answer that does not fit its parcel is refused and not kept") {
  parcel_run<int, scale, int> call(scale{1});
  call.parcel->add(1);
  call.parcel->add(2);
  auto two = reply_of(1);
  const auto second = reply_of(2);
  two.insert(two.end(), second.begin(), second.end());
  auto three = two;
  three.insert(three.end(), second.begin(), second.end());
  auto short_of_one = two;
  short_of_one.pop_back();

  CHECK_THROWS_AS(call.parcel->answer(0, {}), error);
  CHECK_THROWS_AS(call.parcel->answer(3, three), error);
  CHECK_THROWS_AS(call.parcel->answer(1, two), error);
  CHECK_THROWS_AS(call.parcel->answer(2, reply_of(1)), error);
  CHECK_THROWS_AS(call.parcel->answer(2, short_of_one), error);
  CHECK(call.parcel->answered() == 0);
  CHECK_FALSE(call.home->ready());

  call.parcel->answer(2, two);
  CHECK(call.home->ready());
  CHECK_THROWS_AS(call.parcel->answer(1, reply_of(1)), error);
  const auto all = call.outcomes();
  REQUIRE(all.size() == 2);
  CHECK(*all[1] == 2);
}

TEST_CASE("a reply that is no value is the item's error") {
  parcel_run<std::string, std::string (*)(const std::string&, std::size_t), std::string, std::size_t> call(&repeat);
  call.parcel->add("x", 1);
  call.parcel->answer(1, reply_of(1));
  CHECK_THROWS_AS(call.outcomes().at(0).value(), error);
}

TEST_CASE("the items that were not answered end with an error of their own") {
  parcel_run<int, scale, int> call(scale{1}, 40);
  for (int i = 0; i < 3; ++i)
    call.parcel->add(i);
  call.parcel->answer(1, reply_of(7));
  call.parcel->fail_rest(
      [](std::size_t index) { return std::make_exception_ptr(worker_died("gone", index, 1, 9, -1)); });
  CHECK(call.home->ready());
  const auto all = call.outcomes();
  REQUIRE(all.size() == 3);
  CHECK(*all[0] == 7);
  for (const std::size_t i : {std::size_t{1}, std::size_t{2}})
    try {
      static_cast<void>(all[i].value());
      FAIL("no error");
    } catch (const worker_died& died) {
      CHECK(died.item() == 40 + i);
    }
}

TEST_CASE("a parcel without the function it needs runs nothing") {
  parcel_run<int, scale, int> call(scale{1});
  call.parcel->add(1);
  const auto& request = *call.parcel->request();
  for (std::size_t size = 0; size < sizeof(std::uint64_t); ++size) {
    byte_view part = byte_view(request).first(size);
    CHECK_THROWS_AS(decode_function_id(part), error);
  }
}
