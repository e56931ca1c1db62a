// A call's items packed for a worker process, run as a worker runs them, and their outcomes unpacked.
#include <crosspool/processes/dispatcher.hpp>
#include <crosspool/processes/worker.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>

#include "catch.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

// A worker of this process: it runs when it is told to.
class worker_here {
public:
  worker_here() {
    auto [a, b] = socket_pair(SOCK_STREAM);
    socket_ = std::move(a);
    worker_socket_ = std::move(b);
    lane() = crosspool::detail::lane(program_queue::create());
    lane().open();
    queue_ = std::make_unique<worker_queue>(worker_socket_.get(), copy_of(lane().queue().memory()->file(), true),
                                            copy_of(requests->memory().file(), false), duplicate(lane().queue().door()),
                                            duplicate(bell_.get()));
  }

  crosspool::detail::lane& lane() { return dispatcher_[0]; }

  // What a worker does with the parcel.
  void run(std::shared_ptr<remote_parcel> parcel) {
    dispatcher_.add(std::move(parcel));
    work_runner runner(*queue_);
    while (dispatcher_.deal() || !lane().held().empty()) {
      REQUIRE(queue_->wait());
      runner.run_slot();
      dispatcher_.gather(lane());
    }
  }

  std::shared_ptr<arena> requests = std::make_shared<arena>();

private:
  static descriptor duplicate(int fd) { return descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, 3)); }
  static shared_memory copy_of(const descriptor& file, bool to_write) {
    return {duplicate(file.get()), to_write ? PROT_READ | PROT_WRITE : PROT_READ};
  }

  dispatcher dispatcher_{1, 0};
  wake_up bell_;
  descriptor socket_, worker_socket_;
  std::unique_ptr<worker_queue> queue_;
};

template <class R, class F, class... T> class parcel_run {
public:
  using task = remote_task<R, F, T...>;

  explicit parcel_run(const F& f, std::size_t first = 0) {
    home->add();
    home->seal();
    parcel = task(f).start_parcel(home, "map", first, worker.requests, 0, 0);
  }

  void run() { worker.run(parcel); }

  std::vector<outcome<R>> outcomes() {
    results<R> all(true);
    parcel->unpack(all);
    return all.take_outcomes();
  }

  worker_here worker;
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

template <class F> void save_function(bytes& to, const F& f) {
  vector_buffer buffer(to);
  function_codec<F>::save(buffer, f);
}
void save_id(bytes& to, std::uintptr_t address) {
  vector_buffer buffer(to);
  encode_function_id(buffer, address);
}

template <class F> F passed(const F& f) {
  bytes buffer;
  save_function(buffer, f);
  byte_view rest = buffer;
  auto back = function_codec<F>::load(rest);
  CHECK(rest.empty());
  return back;
}

// The record of one item, as a worker writes it.
template <class T> bytes record_of(const T& value, record_kind kind = record_kind::item) {
  bytes encoded, made;
  encode(encoded, value);
  const record header{kind, 1, encoded.size()};
  made.resize(sizeof header);
  std::memcpy(made.data(), &header, sizeof header);
  made.insert(made.end(), encoded.begin(), encoded.end());
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
  save_function(buffer, &named::get);
  save_id(as_function, std::bit_cast<member_function>(&named::get).pointer);
  CHECK(std::search(buffer.begin(), buffer.end(), as_function.begin(), as_function.end()) != buffer.end());
}

TEST_CASE("a function that is none throws") {
  bytes buffer;
  CHECK_THROWS_AS(save_id(buffer, 1), error);
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
  CHECK(call.parcel->is_home());
  const auto all = call.outcomes();
  REQUIRE(all.size() == 1000);
  for (int i = 0; i < 1000; ++i)
    REQUIRE(*all[static_cast<std::size_t>(i)] == 11 * i);
}

TEST_CASE("items in a row are added together, as if one by one") {
  std::vector<int> xs;
  for (int i = 0; i < 3000; ++i)
    xs.push_back(2 * i);
  parcel_run<int, int (*)(int), int> one_by_one(&half), in_runs(&half);
  for (const int x : xs)
    one_by_one.parcel->add(x);
  in_runs.parcel->add_run(xs.data(), 1000);
  in_runs.parcel->add_run(xs.data() + 1000, 0);
  in_runs.parcel->add(xs[1000]);
  in_runs.parcel->add_run(xs.data() + 1001, 1999);
  CHECK(in_runs.parcel->size() == 3000);
  CHECK(in_runs.parcel->bytes() == one_by_one.parcel->bytes());
  in_runs.run();
  const auto all = in_runs.outcomes();
  REQUIRE(all.size() == 3000);
  for (int i = 0; i < 3000; ++i)
    REQUIRE(*all[static_cast<std::size_t>(i)] == i);
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
  const auto before = call.parcel->bytes();
  CHECK_THROWS_AS(call.parcel->add(fragile(-1)), std::domain_error);
  CHECK(call.parcel->size() == 1);
  CHECK(call.parcel->bytes() == before);
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

TEST_CASE("an answer that is none is refused and not kept") {
  parcel_run<int, scale, int> call(scale{1});
  call.parcel->add(1);
  call.parcel->add(2);
  const auto one = record_of(7, record_kind::values);
  auto cut = record_of(std::string("text"));
  cut.pop_back();
  const auto refused = [&](std::uint32_t count, const bytes& records) {
    try {
      call.parcel->answer({0, count}, records, {});
      return false;
    } catch (const error&) {
      return true;
    }
  };
  CHECK(refused(1, {}));
  CHECK(refused(2, one));
  CHECK(refused(1, cut));
  CHECK(refused(1, bytes(sizeof(record))));
  CHECK_FALSE(call.home->ready());

  call.parcel->answer({1, 2}, one, {});
  CHECK_FALSE(call.home->ready());
  call.parcel->answer({0, 1}, record_of(5, record_kind::values), {});
  CHECK(call.home->ready());
  const auto all = call.outcomes();
  REQUIRE(all.size() == 2);
  CHECK(*all[0] == 5);
  CHECK(*all[1] == 7);
}

TEST_CASE("a reply that is no value is the item's error") {
  parcel_run<std::string, std::string (*)(const std::string&, std::size_t), std::string, std::size_t> call(&repeat);
  call.parcel->add("x", 1);
  call.parcel->add("y", 1);
  call.parcel->answer({0, 1}, record_of(1), {});
  call.parcel->answer({1, 2}, record_of(1, record_kind::values), {});
  const auto all = call.outcomes();
  CHECK_THROWS_AS(all.at(0).value(), error);
  CHECK_THROWS_AS(all.at(1).value(), error);
}

TEST_CASE("items can end with an error of their own") {
  parcel_run<int, scale, int> call(scale{1}, 40);
  for (int i = 0; i < 3; ++i)
    call.parcel->add(i);
  call.parcel->answer({0, 1}, record_of(7, record_kind::values), {});
  for (std::uint32_t i = 1; i < 3; ++i)
    call.parcel->fail({i, i + 1}, std::make_exception_ptr(worker_died("gone", 40 + i, 1, 9, -1)));
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

TEST_CASE("a request without the function it needs runs nothing") {
  parcel_run<int, scale, int> call(scale{1});
  call.parcel->add(1);
  const auto& request = call.parcel->request();
  const byte_view whole(request.data() + sizeof(std::uint64_t), request.size() - sizeof(std::uint64_t));
  for (std::size_t size = 0; size < sizeof(std::uint64_t); ++size) {
    byte_view part = whole.first(size);
    CHECK_THROWS_AS(decode_function_id(part), error);
  }
}

TEST_CASE("a view of what the range holds is read in place") {
  static const void* seen = nullptr;
  const auto sum = [](std::span<const double> v, std::string_view text) {
    seen = v.data();
    double all = 0;
    for (const double x : v)
      all += x;
    return all + static_cast<double>(text.size());
  };
  using F = std::remove_const_t<decltype(sum)>;
  STATIC_REQUIRE(std::is_same_v<read_types<F, std::vector<double>, std::string>,
                                types<in_place<std::span<const double>>, in_place<std::string_view>>>);
  using with_state = bound<double (*)(int, std::span<const double>), int>;
  STATIC_REQUIRE(std::is_same_v<read_types<with_state, std::vector<double>>, types<in_place<std::span<const double>>>>);
  parcel_run<double, F, std::vector<double>, std::string> call(sum);
  for (std::size_t i = 0; i < 5; ++i)
    call.parcel->add(std::vector<double>(i, 2.0), std::string(i, 'x'));
  call.run();
  const auto all = call.outcomes();
  REQUIRE(all.size() == 5);
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(*all[i] == 3.0 * static_cast<double>(i));
  CHECK(reinterpret_cast<std::uintptr_t>(seen) % alignof(double) == 0);
}

TEST_CASE("a parameter that is not such a view gets the value") {
  const auto by_value = [](std::vector<double>) {};
  const auto by_reference = [](const std::vector<double>&) {};
  const auto anything = [](const auto&) {};
  const auto writable = [](std::span<double>) {};
  const auto other = [](std::span<const float>) {};
  const auto decodes_value = [](const auto& f) {
    return std::is_same_v<read_types<std::remove_cvref_t<decltype(f)>, std::vector<double>>,
                          types<std::vector<double>>>;
  };
  CHECK(decodes_value(by_value));
  CHECK(decodes_value(by_reference));
  CHECK(decodes_value(anything));
  CHECK(decodes_value(writable));
  CHECK(decodes_value(other));
}
