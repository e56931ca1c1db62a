// make_corpus <folder>: writes the first inputs of each fuzz target into <folder>/<target>. What the targets' own runs
// add that covers more is kept by -merge=1.
#include <crosspool/bytes/exceptions.hpp>
#include <crosspool/wire/handshake.hpp>
#include <crosspool/wire/task.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <system_error>

#include "../kinds_of_types.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

void write(const std::filesystem::path& folder, const std::string& name, const bytes& input) {
  std::filesystem::create_directories(folder);
  std::ofstream to(folder / name, std::ios::binary);
  to.write(reinterpret_cast<const char*>(input.data()), static_cast<std::streamsize>(input.size()));
  if (!to.flush())
    throw std::runtime_error("cannot write " + (folder / name).string());
}

bytes with_front(std::initializer_list<int> front, const bytes& rest) {
  bytes made;
  for (const int each : front)
    made.push_back(static_cast<std::byte>(each));
  made.insert(made.end(), rest.begin(), rest.end());
  return made;
}
bytes text(const std::string& from) {
  const auto view = std::as_bytes(std::span(from));
  return {view.begin(), view.end()};
}

template <class E> bytes thrown(const E& e) {
  bytes made;
  try {
    throw e;
  } catch (...) {
    encode_current_exception(made);
  }
  return made;
}

void add_frame(bytes& to, frame_kind kind, const bytes& payload) {
  const frame_header header{kind, payload.size()};
  const auto view = std::as_bytes(std::span(&header, 1));
  to.insert(to.end(), view.begin(), view.end());
  to.insert(to.end(), payload.begin(), payload.end());
}

int double_of(int x) {
  return 2 * x;
}

// The first byte says which reader: archive.cpp.
void archive(const std::filesystem::path& folder) {
  write(folder, "exception_text", with_front({0}, thrown(std::out_of_range("text"))));
  write(folder, "exception_nothing", with_front({0}, thrown(std::bad_alloc())));
  write(folder, "exception_coded", with_front({0}, thrown(std::system_error(2, std::generic_category(), "text"))));
  write(folder, "exception_died", with_front({0}, thrown(worker_died("gone", 1, 2, 3, 4))));
  write(folder, "exception_remote", with_front({0}, thrown(remote_error("type", "what"))));
  bytes function;
  {
    vector_buffer to(function);
    encode_function_id(to, reinterpret_cast<std::uintptr_t>(&double_of));
  }
  write(folder, "function", with_front({1}, function));
  int number = 2;
  const auto add = [&](const auto& sample) {
    bytes encoded;
    encode(encoded, sample);
    if (encoded.size() < 4000)
      write(folder, "kind_" + std::to_string(number), with_front({number}, encoded));
    ++number;
  };
  std::apply([&](const auto&... each) { (add(each), ...); }, kinds::samples());
}

// So many lengths, then the stream: frames.cpp.
void frames(const std::filesystem::path& folder) {
  bytes stream;
  add_frame(stream, frame_kind::hello, text("hello"));
  write(folder, "hello", with_front({0}, stream));
  add_frame(stream, frame_kind::ready, {});
  write(folder, "hello_ready", with_front({0}, stream));
  write(folder, "in_pieces", with_front({3, 0, 7, 20}, stream));
  write(folder, "by_ones", with_front({2, 0, 0}, stream));
  add_frame(stream, frame_kind::init_failed, thrown(std::runtime_error("no")));
  write(folder, "all", with_front({1, 30}, stream));
  stream.resize(stream.size() - 3);
  write(folder, "cut_off", with_front({0}, stream));
  bytes claim;
  const frame_header large{frame_kind::init_failed, std::uint64_t{1} << 60U};
  claim.resize(sizeof large);
  std::memcpy(claim.data(), &large, sizeof large);
  write(folder, "claim", with_front({0}, claim));
}

// Which reader, then what it reads: handshake.cpp.
void handshake(const std::filesystem::path& folder) {
  write(folder, "flag", with_front({4}, text("123,0,3,4,5,6,7")));
  write(folder, "flag_short", with_front({4}, text("123,0,3")));
  bytes function;
  encode(function, std::string());
  encode(function, std::string());
  encode(function, std::uint64_t{4096});
  write(folder, "setup", with_front({1}, function));
  write(folder, "no_setup", with_front({0}, function));
  bytes stream;
  write(folder, "hello", with_front({3}, stream));
  add_frame(stream, frame_kind::ready, {});
  write(folder, "hello_ready", with_front({3}, stream));
  bytes failed;
  add_frame(failed, frame_kind::init_failed, thrown(std::runtime_error("no")));
  write(folder, "init_failed", with_front({3}, failed));
  write(folder, "no_hello", with_front({2}, stream));
  add_frame(stream, frame_kind::ready, {});
  write(folder, "ready_twice", with_front({3}, stream));
}

// Kind of result, limit of items, then steps of lane, act and what that takes: replies.cpp.
void replies(const std::filesystem::path& folder) {
  for (int kind = 0; kind < 4; ++kind) {
    const auto name = [&](const char* what) { return what + std::to_string(kind); };
    const bytes add = with_front({kind, 1, 0, 0, 20, 1, 0, 0, 1}, {});
    write(folder, name("dealt_"), add);
    bytes answered = add;
    for (const int each : {0, 7, 0, 0, 2, 64})
      answered.push_back(static_cast<std::byte>(each));
    answered.resize(answered.size() + 66);
    for (const int each : {1, 0, 0, 2, 0, 6, 0})
      answered.push_back(static_cast<std::byte>(each));
    write(folder, name("answered_"), answered);
    bytes scribbled = add;
    for (const int each : {0, 10, 2, 0, 40})
      scribbled.push_back(static_cast<std::byte>(each));
    scribbled.resize(scribbled.size() + 40, std::byte{0x41});
    for (const int each : {0, 4, 0, 0, 1, 0, 2, 0, 6, 0})
      scribbled.push_back(static_cast<std::byte>(each));
    write(folder, name("scribbled_"), scribbled);
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  const std::filesystem::path to = argv[1];
  archive(to / "archive");
  frames(to / "frames");
  handshake(to / "handshake");
  replies(to / "replies");
}
