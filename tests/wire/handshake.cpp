// Frames between the two ends of a channel: whole ones, however they are cut up on the way, and the end of them.
#include <crosspool/wire/handshake.hpp>

#include <thread>

#include "catch.hpp"

using namespace crosspool::detail;

namespace {

struct frame {
  frame_kind kind;
  bytes payload;
  bool operator==(const frame&) const = default;
};

struct ends {
  ends() {
    auto [a, b] = socket_pair(SOCK_STREAM);
    parent = program_channel(std::move(a));
    worker_socket = std::move(b);
  }
  worker_channel worker() const { return worker_channel(worker_socket.get()); }

  program_channel parent;
  descriptor worker_socket;
};

bytes sample(std::size_t size) {
  bytes made(size);
  for (std::size_t i = 0; i < size; ++i)
    made[i] = static_cast<std::byte>(i * 7 + i / 256);
  return made;
}

void poll_for(int fd, short events) {
  ::pollfd p{fd, events, 0};
  while (::poll(&p, 1, -1) < 0) {
  }
}

// Frames that have come; open tells whether more can.
std::vector<frame> received(program_channel& parent, bool& open) {
  std::vector<frame> frames;
  open = parent.receive(
      [&](const frame_header& header, bytes payload) { frames.push_back({header.kind, std::move(payload)}); });
  return frames;
}

std::vector<frame> received_until_end(program_channel& parent) {
  std::vector<frame> all;
  for (bool open = true; open;) {
    poll_for(parent.get(), POLLIN);
    for (auto& f : received(parent, open))
      all.push_back(std::move(f));
  }
  return all;
}

std::vector<frame> received_until_end(const worker_channel& worker) {
  std::vector<frame> all;
  frame_header header{};
  bytes payload;
  while (worker.receive(header, payload))
    all.push_back({header.kind, payload});
  return all;
}

void write_raw(int fd, byte_view part) {
  REQUIRE(::send(fd, part.data(), part.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(part.size()));
}

byte_view raw(const frame_header& header) {
  return std::as_bytes(std::span(&header, 1));
}

constexpr std::size_t large = 5 * 1024 * 1024 + 3; // more than a socket holds

const std::vector<frame> various{
    {frame_kind::hello, {}},        {frame_kind::setup, sample(1)},      {frame_kind::ready, sample(65536)},
    {frame_kind::setup, {}},        {frame_kind::ready, sample(100000)}, {frame_kind::init_failed, sample(large)},
    {frame_kind::setup, sample(17)}};

} // namespace

TEST_CASE("frames of every size reach the parent in order") {
  ends both;
  std::thread writer([&] {
    for (const auto& f : various)
      if (!both.worker().send(f.kind, f.payload))
        break;
    both.worker_socket.reset();
  });
  const auto all = received_until_end(both.parent);
  writer.join();
  CHECK((all == various));
}

TEST_CASE("frames of every size reach the worker in order") {
  ends both;
  std::vector<frame> all;
  std::thread reader([&] { all = received_until_end(both.worker()); });
  for (const auto& f : various)
    both.parent.send(f.kind, std::make_shared<const bytes>(f.payload));
  while (both.parent.wants_to_send()) {
    poll_for(both.parent.get(), POLLOUT);
    both.parent.flush();
  }
  both.parent.finish();
  reader.join();
  CHECK((all == various));
}

TEST_CASE("the parent does not block on a worker that does not read") {
  ends both;
  both.parent.send(frame_kind::setup, std::make_shared<const bytes>(sample(large)));
  both.parent.flush();
  both.parent.flush();
  CHECK(both.parent.wants_to_send());
  both.worker_socket.reset();
  both.parent.flush();
  CHECK_FALSE(both.parent.wants_to_send());
}

TEST_CASE("the parent does not block when nothing has come") {
  ends both;
  bool open = false;
  CHECK(received(both.parent, open).empty());
  CHECK(open);
}

TEST_CASE("a frame that comes byte by byte is one frame") {
  ends both;
  const auto payload = sample(5);
  const frame_header header{frame_kind::ready, payload.size()};
  bytes all(raw(header).begin(), raw(header).end());
  all.insert(all.end(), payload.begin(), payload.end());

  bool open = true;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    write_raw(both.worker_socket.get(), byte_view(all).subspan(i, 1));
    REQUIRE(received(both.parent, open).empty());
    REQUIRE(open);
  }
  write_raw(both.worker_socket.get(), byte_view(all).last(1));
  const auto frames = received(both.parent, open);
  CHECK((frames == std::vector<frame>{{frame_kind::ready, payload}}));
  CHECK(open);
}

TEST_CASE("several frames that come at once are several frames") {
  ends both;
  for (std::uint32_t i = 0; i < 10; ++i)
    REQUIRE(both.worker().send(frame_kind::ready, sample(i)));
  bool open = false;
  const auto frames = received(both.parent, open);
  CHECK(open);
  REQUIRE(frames.size() == 10);
  for (std::uint32_t i = 0; i < 10; ++i)
    CHECK((frames[i] == frame{frame_kind::ready, sample(i)}));
}

TEST_CASE("what was sent before the worker's end still comes") {
  ends both;
  REQUIRE(both.worker().send(frame_kind::ready, sample(3)));
  write_raw(both.worker_socket.get(), sample(5)); // a part of a header
  both.worker_socket.reset();
  bool open = true;
  CHECK((received(both.parent, open) == std::vector<frame>{{frame_kind::ready, sample(3)}}));
  CHECK_FALSE(open);
}

TEST_CASE("a frame cut off by the worker's end is no frame") {
  ends both;
  write_raw(both.worker_socket.get(), raw({frame_kind::ready, 10}));
  write_raw(both.worker_socket.get(), sample(9));
  both.worker_socket.reset();
  bool open = true;
  CHECK(received(both.parent, open).empty());
  CHECK_FALSE(open);
}

TEST_CASE("no memory is taken for a size that is only claimed") {
  ends both;
  write_raw(both.worker_socket.get(), raw({frame_kind::ready, most_from_worker}));
  write_raw(both.worker_socket.get(), sample(1000));
  bool open = false;
  CHECK(received(both.parent, open).empty());
  CHECK(open);
  write_raw(both.worker_socket.get(), sample(100000));
  CHECK(received(both.parent, open).empty());
  CHECK(open);
}

TEST_CASE("a header that no worker would send is refused at once") {
  const auto header = GENERATE(
      frame_header{frame_kind::ready, most_from_worker + 1}, frame_header{frame_kind::hello, ~std::uint64_t{0}},
      frame_header{static_cast<frame_kind>(7), 0}, frame_header{static_cast<frame_kind>(~0U), 8});
  ends both;
  write_raw(both.worker_socket.get(), raw(header).first(15));
  bool open = false;
  CHECK(received(both.parent, open).empty());
  CHECK(open);
  CHECK(both.parent.amid_frame());
  write_raw(both.worker_socket.get(), raw(header).last(1));
  CHECK_THROWS_AS(received(both.parent, open), crosspool::error);
}

TEST_CASE("a worker notices the parent's end") {
  ends both;
  frame_header header{};
  bytes payload;
  SECTION("between frames") {
    both.parent = program_channel();
    CHECK_FALSE(both.worker().receive(header, payload));
    CHECK_FALSE(both.worker().send(frame_kind::ready, sample(3)));
  }
  SECTION("in a header") {
    write_raw(both.parent.get(), sample(5));
    both.parent = program_channel();
    CHECK_FALSE(both.worker().receive(header, payload));
  }
  SECTION("in a payload") {
    write_raw(both.parent.get(), raw({frame_kind::setup, 10}));
    write_raw(both.parent.get(), sample(9));
    both.parent = program_channel();
    CHECK_FALSE(both.worker().receive(header, payload));
  }
}

TEST_CASE("the worker reads what came before the parent finished, and can still answer") {
  ends both;
  both.parent.send(frame_kind::setup, std::make_shared<const bytes>(sample(3)));
  both.parent.flush();
  both.parent.finish();
  CHECK((received_until_end(both.worker()) == std::vector<frame>{{frame_kind::setup, sample(3)}}));
  CHECK(both.worker().send(frame_kind::ready, sample(2)));
  bool open = false;
  CHECK((received(both.parent, open) == std::vector<frame>{{frame_kind::ready, sample(2)}}));
  CHECK(open);
}

TEST_CASE("a channel is there or not") {
  const program_channel none;
  CHECK_FALSE(static_cast<bool>(none));
  const ends both;
  CHECK(static_cast<bool>(both.parent));
  CHECK_FALSE(both.parent.wants_to_send());
}
