// What a worker says before its first item, said by the fuzzer: a whole engine, whose workers are these bytes. The pool
// is made or start_failed is thrown, and nothing is left. And the two other readers of the handshake: that of a spawned
// worker's command line, and that of the setup which it is sent.
#include <crosspool/processes/engine.hpp>
#include <crosspool/processes/spawned_workers.hpp>

#include <optional>

#include "fuzz.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

// Says what it is told to and ends.
class talkers final : public worker_source {
public:
  explicit talkers(byte_view says) : says_(says.begin(), says.end()) {}

  std::optional<event> start(int id, const worker_descriptors& given) override {
    if (started_++ != 0)
      return event{.what = event::not_started, .id = id, .why = std::make_exception_ptr(start_failed("only once"))};
    const int socket = given.fd[worker_descriptors::socket];
    static_cast<void>(::send(socket, says_.data(), says_.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
    ended_.give();
    return event{.what = event::started, .id = id, .pid = pid};
  }
  void signal(pid_t to, int /*number*/) override { demand(to == pid, "who is signalled has been started"); }
  void add_to(std::vector<::pollfd>& polled) const override { polled.push_back({ended_.get(), POLLIN, 0}); }
  std::vector<event> events() override {
    if (!std::exchange(has_told_, true))
      return {};
    ended_.take();
    return {event{.what = event::ended, .pid = pid, .status = 0}};
  }

private:
  static constexpr pid_t pid = 1; // never asked of the system
  bytes says_;
  wake_up ended_;
  int started_ = 0;
  bool has_told_ = false;
};

void talk_to_parent(byte_view says) {
  try {
    const auto engine = std::make_shared<process_engine>(options{.workers = 1}, std::make_unique<talkers>(says),
                                                         nullptr);
    engine->close();
    engine->join();
  } catch (const start_failed&) { // as it should be
  }
}

void read_flag(byte_view text) {
  const std::string_view flag(reinterpret_cast<const char*>(text.data()), text.size());
  const auto parsed = parse_worker_arguments(flag);
  if (!parsed)
    return;
  auto written = std::to_string(parsed->id);
  for (const int fd : parsed->given.fd)
    written += "," + std::to_string(fd);
  written += "," + std::to_string(parsed->life);
  demand(written.size() <= flag.size(),
         "eight numbers, with a comma between any two"); // "-0" and "007" are numbers, too
}

void read_setup(byte_view from) {
  const auto whole = from;
  const bytes expected = greeting();
  const bool is_ours = take_greeting(from);
  demand(is_ours == (whole.size() >= expected.size() && std::equal(expected.begin(), expected.end(), whole.begin())),
         "the setup begins with the greeting");
  demand(from.size() == whole.size() - (is_ours ? expected.size() : 0), "the rest is left");
  static_cast<void>(decode_function_id(from));
}

} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  choices from(data, size);
  const auto what = from.below(6);
  bytes input;
  if (what % 2 == 1) // nobody guesses a build id
    input = greeting();
  if (what == 3) {
    const frame_header hello{frame_kind::hello, input.size()};
    input.insert(input.begin(), sizeof hello, std::byte{});
    std::memcpy(input.data(), &hello, sizeof hello);
  }
  const auto rest = from.rest();
  input.insert(input.end(), rest.begin(), rest.end());
  try {
    if (what < 2)
      read_setup(input);
    else if (what < 4)
      talk_to_parent(input);
    else
      read_flag(rest);
  } catch (const error&) { // as it should be
  }
  return 0;
}
