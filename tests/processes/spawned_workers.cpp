// Who may start a worker by its argument: nobody but the program's own spawn pool. An attacker makes by hand all that a
// worker is given and starts this program with it, or a copy that has more rights than he has: each time the program
// ends with one line, and says nothing to him that it should not. With root's rights only, as they are what is at
// stake: the cases that give rights away.
#include <crosspool/crosspool.hpp>

#include <array>
#include <filesystem>
#include <functional>
#include <grp.h>
#include <random>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <sys/xattr.h>

#include "catch.hpp"
#include "child.hpp"
#include "scenario.hpp"
#include "scratch_file.hpp"

using namespace crosspool;
using namespace crosspool::detail;

namespace {

constexpr ::uid_t nobody = 65534;
constexpr ::gid_t other_group = 50;

// What a worker is given, made by hand.
struct given_by_hand {
  std::pair<descriptor, descriptor> socket = socket_pair(SOCK_STREAM); // ours, its
  program_queue queue = program_queue::create({0, 0});
  arena requests;
  wake_up bell;
  std::pair<descriptor, descriptor> life = make_pipe();

  [[nodiscard]] worker_arguments arguments() const {
    return {7,
            {{socket.second.get(), queue.memory()->file().get(), requests.memory().file().get(), queue.door(),
              bell.get(), -1}},
            life.first.get()};
  }
  // They survive what this process is to become.
  void hand_over() const {
    const auto all = arguments();
    for (const int fd : std::span(all.given.fd).first(all.given.present()))
      ::fcntl(fd, F_SETFD, 0);
    ::fcntl(all.life, F_SETFD, 0);
  }
};

std::string as_text(const worker_arguments& arguments) {
  auto text = std::to_string(arguments.id);
  for (const int fd : arguments.given.fd)
    text += "," + std::to_string(fd);
  return text + "," + std::to_string(arguments.life);
}

std::string as_flag(const worker_arguments& arguments) {
  return std::string(worker_flag) + as_text(arguments);
}

// How a process that was started as a worker has ended.
struct ending {
  int status = -1;   // its exit status
  std::string words; // what it has written to standard output and error
  bytes said;        // to who holds the other end of its socket

  // With this reason, in one line.
  [[nodiscard]] bool is_refusal(const std::string& reason) const {
    INFO("status " << status << ", words: " << words);
    return status == EXIT_FAILURE && words.starts_with("crosspool: refused to be a worker process: " + reason) &&
           words.find('\n') == words.size() - 1;
  }
};

using talk_function = std::function<void(int socket, const bytes& said)>;

// Starts a program as a worker. prepare: runs in its process first. talk: answers what it says; nobody else may.
ending start(
    const std::vector<std::string>& command, const given_by_hand& given,
    const talk_function& talk = [](int, const bytes&) { return; }) {
  auto [words, its_words] = make_pipe();
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(its_words.get(), STDOUT_FILENO);
    ::dup2(its_words.get(), STDERR_FILENO);
    given.hand_over();
    std::vector<char*> argv;
    for (const auto& each : command)
      argv.push_back(const_cast<char*>(each.c_str()));
    argv.push_back(nullptr);
    ::execv(argv.front(), argv.data());
    ::_exit(99);
  }
  its_words.reset();
  const auto watch = watch_process(pid);
  ending made;
  const auto read = [](int fd, auto& to) {
    char part[4096];
    const auto n = ::read(fd, part, sizeof part);
    for (ssize_t i = 0; i < n; ++i)
      to.push_back(static_cast<typename std::remove_reference_t<decltype(to)>::value_type>(part[i]));
    return n > 0;
  };
  ::pollfd polled[]{{watch.get(), POLLIN, 0}, {given.socket.first.get(), POLLIN, 0}};
  while (::poll(polled, 2, 60'000) > 0 && polled[0].revents == 0)
    if (read(polled[1].fd, made.said))
      talk(polled[1].fd, made.said);
    else
      polled[1].fd = -1;
  ::kill(pid, SIGKILL); // if it takes a minute
  const int status = reap(pid);
  made.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
  while (::recv(given.socket.first.get(), nullptr, 0, MSG_DONTWAIT) == 0 && polled[1].fd >= 0 &&
         ::poll(&polled[1], 1, 0) > 0 && read(polled[1].fd, made.said)) {
  }
  while (read(words.get(), made.words)) {
  }
  return made;
}

const std::string this_program = "/proc/self/exe";

ending start(const std::string& program, const given_by_hand& given) {
  return start({program, as_flag(given.arguments())}, given);
}

// A folder that everybody may enter, and copies of this program in it.
class copies {
public:
  copies() {
    std::string name = (std::filesystem::temp_directory_path() / "crosspool_XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr || ::chmod(name.c_str(), 0755) != 0)
      throw std::runtime_error("no folder");
    folder_ = name;
  }
  copies(const copies&) = delete;
  copies& operator=(const copies&) = delete;
  ~copies() { std::filesystem::remove_all(folder_); }

  [[nodiscard]] std::string make(::mode_t mode, ::gid_t group = ::getegid()) {
    const auto path = (folder_ / std::to_string(made_++)).string();
    std::filesystem::copy_file(this_program, path);
    if (::chown(path.c_str(), ::geteuid(), group) != 0 || ::chmod(path.c_str(), mode) != 0)
      throw std::runtime_error("no copy");
    return path;
  }

private:
  std::filesystem::path folder_;
  int made_ = 0;
};

void become_nobody() {
  if (::setgroups(0, nullptr) != 0 || ::setresgid(nobody, nobody, nobody) != 0 ||
      ::setresuid(nobody, nobody, nobody) != 0)
    throw std::runtime_error("cannot become nobody");
}

bool is_root() {
  if (::geteuid() == 0)
    return true;
  WARN("not run: only root can give rights away");
  return false;
}

// Whether this command, run as a worker by nobody, is refused for this reason, and has said nothing.
bool is_refused_to_nobody(const std::string& reason, const std::function<std::vector<std::string>(std::string)>& with) {
  return in_child([&] {
           become_nobody();
           const given_by_hand given;
           const auto end = start(with(as_flag(given.arguments())), given);
           if (!end.is_refusal(reason) || !end.said.empty())
             std::fprintf(stderr, "status %d, said %zu bytes: %s\n", end.status, end.said.size(), end.words.c_str());
           return end.is_refusal(reason) && end.said.empty() ? 0 : 1;
         }) == 0;
}

constexpr const char* privileged = "the program is privileged";

// ---- the protocol, spoken by hand ----

void announce() {
  scenario::say("initialized");
  ::_exit(42);
}

void append(bytes& to, frame_kind kind, byte_view payload) {
  const frame_header header{kind, payload.size()};
  const auto view = std::as_bytes(std::span(&header, 1));
  to.insert(to.end(), view.begin(), view.end());
  to.insert(to.end(), payload.begin(), payload.end());
}

constexpr std::size_t hello_size() {
  return sizeof(frame_header) + challenge_size;
}

// What a parent says to a worker that has said this.
bytes right_answer(byte_view hello) {
  bytes answer;
  append(answer, frame_kind::answer, hello.last(challenge_size));
  append(answer, frame_kind::setup, *make_setup<void (*)()>(announce));
  return answer;
}

bool is_whole_hello(const bytes& said) {
  return said.size() == hello_size() + greeting().size();
}

void write_all(int socket, byte_view what) {
  while (!what.empty())
    if (const auto n = ::send(socket, what.data(), what.size(), MSG_NOSIGNAL); n > 0)
      what = what.subspan(static_cast<std::size_t>(n));
    else
      return;
}

const talk_function answers_right = [](int socket, const bytes& said) {
  if (is_whole_hello(said))
    write_all(socket, right_answer(said));
};

// ---- what this program is started for, too ----

// Becomes a worker, by whatever rights there are: a wrapper that lets descriptors and an argument through.
const scenario::add wraps("wrap", [](const scenario::arguments& words) {
  const auto& how = words.at(0);
  if (how == "user" && ::setresuid(::geteuid(), ::geteuid(), ::geteuid()) != 0)
    return 90;
  if (how == "group" && ::setresgid(::getegid(), ::getegid(), ::getegid()) != 0)
    return 91;
  if (how == "groups" && (::setgroups(1, &other_group) != 0 || ::setresuid(nobody, nobody, nobody) != 0))
    return 92;
  if (how == "capability") {
    ::__user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    ::__user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3]{};
    sets[0].permitted = sets[0].effective = sets[0].inheritable = 1U << CAP_DAC_OVERRIDE;
    if (::prctl(PR_SET_KEEPCAPS, 1) != 0 || ::setresuid(nobody, nobody, nobody) != 0 ||
        ::syscall(SYS_capset, &header, sets) != 0 ||
        ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0) != 0)
      return 93;
  }
  ::execl(words.at(1).c_str(), "program", words.at(2).c_str(), nullptr);
  return 94;
});

// Stands where somebody else has been, says that it does, and ends as the worker does that this one has left behind.
const scenario::add stands("stand", [](const scenario::arguments& words) {
  static_cast<void>(!::write(std::stoi(words.at(0)), "x", 1));
  const int status = reap(std::stoi(words.at(1)));
  return WIFEXITED(status) ? WEXITSTATUS(status) : 98;
});

const scenario::add makes("make", [](const scenario::arguments& words) {
  if (words.at(0) == "nobody's")
    become_nobody();
  if (words.at(0) == "secretive")
    ::prctl(PR_SET_DUMPABLE, 0);
  try {
    const auto twice = [](int x) { return 2 * x; };
    scenario::say(
        std::to_string(words.at(0) == "fork" ? fork_pool(1).apply(twice, 21) : spawn_pool(1).apply(twice, 21)));
  } catch (const start_failed& e) {
    scenario::say(e.what());
  }
  return 0;
});

} // namespace

TEST_CASE("what is made by hand is what a worker is given: with the right words from the parent, it works") {
  const given_by_hand given;
  const auto end = start({this_program, as_flag(given.arguments())}, given, answers_right);
  CHECK(is_whole_hello(end.said));
  CHECK(end.words == "initialized\n");
  CHECK(end.status == 42);
}

TEST_CASE("a privileged program is nobody's worker") {
  if (!is_root())
    return;
  copies of_program;
  const auto started = [](const std::string& path) {
    return [path](const std::string& flag) { return std::vector{path, flag}; };
  };
  CHECK(is_refused_to_nobody(privileged, started(of_program.make(04755))));
  CHECK(is_refused_to_nobody(privileged, started(of_program.make(02755, other_group))));
  const auto capable = of_program.make(0755);
  ::vfs_cap_data rights{};
  rights.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE;
  rights.data[0].permitted = 1U << CAP_DAC_OVERRIDE;
  REQUIRE(::setxattr(capable.c_str(), "security.capability", &rights, sizeof rights, 0) == 0);
  CHECK(is_refused_to_nobody(privileged, started(capable)));
}

TEST_CASE("a program behind a wrapper that gives it more rights than its parent has is nobody's worker") {
  if (!is_root())
    return;
  copies of_program;
  const auto program = of_program.make(0755), roots = of_program.make(04755),
             groups = of_program.make(02755, other_group);
  const auto wrapped = [&](const std::string& wrapper, const char* how) {
    return [&, wrapper, how](const std::string& flag) {
      return std::vector<std::string>{wrapper, "scenario", "wrap", how, program, flag};
    };
  };
  CHECK(is_refused_to_nobody("who commands it is another user", wrapped(roots, "user")));
  CHECK(is_refused_to_nobody("who commands it is another user or in other groups", wrapped(groups, "group")));
  CHECK(is_refused_to_nobody("who commands it is another user or in other groups", wrapped(roots, "groups")));
  CHECK(is_refused_to_nobody("who commands it has not its capabilities", wrapped(roots, "capability")));
}

TEST_CASE("a foreign parent is refused") {
  copies of_program;
  const given_by_hand given;
  const auto end = start(of_program.make(0755), given);
  CHECK(end.is_refusal("its parent is another program"));
  CHECK(end.said.empty());
}

TEST_CASE("who made the socket must be the parent, and no other process of its user") {
  const given_by_hand given;
  CHECK(in_child([&] { // its parent is this child
          const auto end = start(this_program, given);
          return end.is_refusal("who commands it is not its parent") && end.said.empty() ? 0 : 1;
        }) == 0);
}

TEST_CASE("a parent that the system does not name, as it is outside of the worker's namespace, is refused") {
  const int status = in_child([] {
    if (::unshare(CLONE_NEWPID) != 0)
      return 1;
    const given_by_hand given;
    const auto end = start(this_program, given);
    return end.is_refusal("who commands it is not its parent") && end.said.empty() ? 0 : 2;
  });
  if (status == 1)
    WARN("not run: no namespace of process numbers may be made here");
  else
    CHECK(status == 0);
}

TEST_CASE("who has the program take its place before the worker begins does not command it") {
  auto [words, its_words] = make_pipe();
  const pid_t pid = ::fork();
  if (pid == 0) {
    const given_by_hand given;
    auto [in_place, say_in_place] = make_pipe();
    const int socket = given.socket.first.get();
    if (::fork() == 0) { // speaks for who has made the socket
      bytes said(hello_size() + greeting().size());
      if (::recv(socket, said.data(), said.size(), MSG_WAITALL) == static_cast<ssize_t>(said.size()))
        answers_right(socket, said);
      ::_exit(0);
    }
    const pid_t worker = ::fork();
    if (worker == 0) {
      char byte = 0;
      if (::read(in_place.get(), &byte, 1) != 1)
        ::_exit(97);
      ::dup2(its_words.get(), STDERR_FILENO);
      given.hand_over();
      ::execl(this_program.c_str(), "program", as_flag(given.arguments()).c_str(), nullptr);
      ::_exit(96);
    }
    const auto fd = std::to_string(say_in_place.get()), child = std::to_string(worker);
    ::fcntl(say_in_place.get(), F_SETFD, 0);
    ::fcntl(given.life.second.get(), F_SETFD, 0); // or the worker ends with who had it
    ::execl(this_program.c_str(), "program", "scenario", "stand", fd.c_str(), child.c_str(), nullptr);
    ::_exit(95);
  }
  its_words.reset();
  ending end;
  char part[4096];
  for (ssize_t n = 0; (n = ::read(words.get(), part, sizeof part)) > 0;)
    end.words.append(part, static_cast<std::size_t>(n));
  const int status = reap(pid);
  end.status = WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
  CHECK(end.is_refusal("what it was told comes from another process than its parent"));
}

TEST_CASE("a recording of what another worker was told is no answer") {
  bytes recorded;
  const given_by_hand first, second, third;
  const auto record = [&](int socket, const bytes& said) {
    if (is_whole_hello(said))
      write_all(socket, recorded = right_answer(said));
  };
  REQUIRE(start({this_program, as_flag(first.arguments())}, first, record).words == "initialized\n");
  const auto replay = [&](int socket, const bytes& said) {
    if (is_whole_hello(said))
      write_all(socket, recorded);
  };
  CHECK(start({this_program, as_flag(second.arguments())}, second, replay).is_refusal("what it was told is no answer"));
  write_all(third.socket.first.get(), recorded); // before it asks
  CHECK(start(this_program, third).is_refusal("what it was told comes from another process"));
}

TEST_CASE("whatever is said to a worker, it is what the parent would say or refused") {
  const bytes challenge = make_challenge();
  bytes hello = greeting();
  hello.insert(hello.end(), challenge.begin(), challenge.end());
  const bytes right = right_answer(hello);
  const auto setup_at = 2 * sizeof(frame_header) + challenge_size;
  const auto is_parents = [&](const bytes& said) { // but for how the setup goes on, and what fills the headers up
    const auto expected = greeting();
    const auto same = [&](std::size_t at, std::size_t size) {
      return said.size() >= at + size && std::memcmp(said.data() + at, right.data() + at, size) == 0;
    };
    return same(0, sizeof(frame_kind)) && same(offsetof(frame_header, size), sizeof(std::uint64_t) + challenge_size) &&
           same(sizeof(frame_header) + challenge_size, sizeof(frame_kind)) && same(setup_at, expected.size());
  };
  std::minstd_rand random(14);
  const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random()) % end; };
  int accepted = 0, closed = 0, refused = 0;
  for (int round = 0; round < 100'000; ++round) {
    bytes said = right;
    for (auto changes = round == 0 ? 0 : 1 + below(3); changes != 0 && !said.empty(); --changes) {
      const auto at = static_cast<std::ptrdiff_t>(below(said.size()));
      switch (below(5)) {
      case 0:
        said[static_cast<std::size_t>(at)] ^= static_cast<std::byte>(1U << below(8));
        break;
      case 1:
        said[static_cast<std::size_t>(at)] = static_cast<std::byte>(random());
        break;
      case 2:
        said.erase(said.begin() + at);
        break;
      case 3:
        said.insert(said.begin() + at, static_cast<std::byte>(random()));
        break;
      case 4:
        said.resize(static_cast<std::size_t>(at));
      }
    }
    auto [parents, workers] = socket_pair(SOCK_STREAM);
    const worker_channel channel(workers.get(), ::getpid());
    write_all(parents.get(), said);
    ::shutdown(parents.get(), SHUT_WR);
    try {
      const auto setup = introduce(channel, challenge);
      (setup ? accepted : closed)++;
      if (setup && !is_parents(said))
        FAIL("round " << round << ": accepted what no parent would say");
    } catch (const error&) {
      ++refused;
    }
  }
  CHECK(accepted > 0);
  CHECK(closed > 0);
  CHECK(refused > 10'000);
}

TEST_CASE("an argument is a worker's as its parent has written it, or refused") {
  const given_by_hand given;
  const auto right = given.arguments();
  CHECK(in_child([&] {                      // whose parent has made all that
          ::close(given.life.second.get()); // these are its parent's alone, and of a kind that it is given
          ::close(given.socket.first.get());
          const auto text = as_text(right);
          static_cast<void>(admit(text, ::getppid()).value());
          std::minstd_rand random(14);
          const auto below = [&](std::size_t end) { return static_cast<std::size_t>(random()) % end; };
          constexpr std::string_view likely = "0123456789,,,,--+ .xe";
          for (int round = 0; round < 100'000; ++round) {
            auto mutated = text;
            for (auto changes = 1 + below(4); changes != 0 && !mutated.empty(); --changes) {
              const auto at = below(mutated.size());
              const char with = below(4) == 0 ? static_cast<char>(random()) : likely[below(likely.size())];
              switch (below(4)) {
              case 0:
                mutated[at] = with;
                break;
              case 1:
                mutated.insert(at, 1 + below(3), with);
                break;
              case 2:
                mutated.erase(at, 1 + below(3));
                break;
              case 3:
                mutated += mutated.substr(at);
              }
            }
            try {
              auto admitted = admit(mutated, ::getppid()).value();
              auto& [socket, memory, requests, door, bell, output] = admitted.given.fd; // two are of a kind, twice
              if (memory > requests)
                std::swap(memory, requests);
              if (door > bell)
                std::swap(door, bell);
              if (admitted.given.fd != right.given.fd || admitted.life != right.life || admitted.id < 0) {
                std::fprintf(stderr, "admitted: %s\n", mutated.c_str());
                return 1;
              }
            } catch (const error&) {
            }
          }
          return 0;
        }) == 0);
}

TEST_CASE("what is not of the kind that a worker is given is refused at each place") {
  const given_by_hand given;
  const ScratchFile file;
  const auto opened = [&](int flags) { return descriptor(::open(file.name().c_str(), flags | O_CLOEXEC)); };
  std::vector<descriptor> wrong_everywhere;
  for (const int flags : {O_RDONLY, O_WRONLY, O_RDWR, O_PATH})
    wrong_everywhere.push_back(opened(flags));
  wrong_everywhere.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
  wrong_everywhere.emplace_back(::open("/", O_RDONLY | O_CLOEXEC));
  wrong_everywhere.emplace_back(::memfd_create("unsealed", MFD_CLOEXEC));
  wrong_everywhere.emplace_back(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK));
  wrong_everywhere.emplace_back(::epoll_create1(EPOLL_CLOEXEC));
  wrong_everywhere.emplace_back(::eventfd(0, EFD_CLOEXEC)); // one that blocks
  wrong_everywhere.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  wrong_everywhere.emplace_back(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  wrong_everywhere.push_back(socket_pair(SOCK_SEQPACKET).first);
  std::vector<int> wrong{0, 1, 2, 1'000'000, std::numeric_limits<int>::max(), std::numeric_limits<int>::min(), -2};
  for (const auto& each : wrong_everywhere) {
    REQUIRE(each);
    wrong.push_back(each.get());
  }
  CHECK(in_child([&] {
          const auto right = given.arguments();
          const auto is_refused = [&](const worker_arguments& arguments) {
            try {
              static_cast<void>(admit(as_text(arguments), ::getppid()));
            } catch (const error& e) {
              return e.what() == std::string("its descriptors are not a worker's");
            }
            std::fprintf(stderr, "admitted: %s\n", as_text(arguments).c_str());
            return false;
          };
          bool all = true;
          for (std::size_t place = 0; place <= worker_descriptors::count; ++place) {
            const auto at = [place](worker_arguments& arguments) -> int& {
              return place == worker_descriptors::count ? arguments.life : arguments.given.fd[place];
            };
            auto tried = right;
            for (const int fd : wrong) {
              at(tried) = fd;
              all = is_refused(tried) && all;
            }
            if (place != worker_descriptors::output) {
              at(tried) = -1;
              all = is_refused(tried) && all;
            }
            for (std::size_t other = 0; other <= worker_descriptors::count; ++other)
              if (other != place && other != worker_descriptors::output) { // what is for another place, or there twice
                at(tried) = other == worker_descriptors::count ? right.life : right.given.fd[other];
                all = is_refused(tried) && all;
              }
          }
          return all ? 0 : 1;
        }) == 0);
}

TEST_CASE("a worker that gets no standard streams, or these for its own, ends with the refusal") {
  const given_by_hand given;
  auto arguments = given.arguments();
  for (int& fd : arguments.given.fd)
    fd = static_cast<int>(&fd - arguments.given.fd.data()) % 3;
  arguments.life = 2;
  CHECK(start({this_program, as_flag(arguments)}, given).is_refusal("its descriptors are not a worker's"));
  for (const char* const text : {"", "1", "1,2,3,4,5,6,7,8,9", "99999999999999999999,1,1,1,1,1,1,1", "\xff\xfe"}) {
    CHECK(start({this_program, std::string(worker_flag) + text}, given).is_refusal("its arguments are not a worker's"));
  }
}

TEST_CASE("a program that has given up root has spawned workers, and so has one whose parent's file is not told") {
  for (const char* const how : {"nobody's", "secretive"}) {
    if (how == std::string("nobody's") && !is_root())
      continue;
    scenario::running program({"make", how});
    CHECK(program.says("42"));
    CHECK(program.status() == 0);
  }
}

TEST_CASE("a privileged program is told that it has no spawn pools, and has fork pools") {
  if (!is_root())
    return;
  copies of_program;
  const auto program = of_program.make(04755);
  const auto says = [&](const char* kind) {
    const given_by_hand given;
    return start({program, "scenario", "make", kind}, given).words;
  };
  CHECK(says("fork") == "42\n");
  CHECK(says("spawn") == "42\n"); // root's own
  CHECK(in_child([&] {
          become_nobody();
          const auto refusal = says("spawn");
          std::fprintf(stderr, "%s", refusal.c_str());
          return refusal.find(privileged) != std::string::npos && refusal.find("fork_pool") != std::string::npos &&
                         says("fork") == "42\n"
                     ? 0
                     : 1;
        }) == 0);
}
