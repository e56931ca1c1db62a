// Why may an initializer receive what map must refuse? This program gives one object to both, under each policy, and
// shows the boundary table by running it: a Module counts how often it was serialized on its way.
#include <crosspool/crosspool.hpp>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

struct Module {
  std::string name;
  int serialized = 0;

  template <class Archive> void save(Archive& archive) const { archive(name, serialized + 1); }
  template <class Archive> void load(Archive& archive) { archive(name, serialized); }
};

// What one call saw of the module it was given. An aggregate: it crosses with no code written for it.
struct Sighting {
  int pid = 0;
  int serialized = 0;
  std::uintptr_t address = 0;
};

Sighting look_at(const Module& module) {
  return {crosspool::this_worker::pid(), module.serialized, reinterpret_cast<std::uintptr_t>(&module)};
}

// In each worker: what its initializer saw. thread_local, as a thread pool's workers share everything else.
thread_local Sighting seen_by_initializer;

void initialize(const Module& module) {
  seen_by_initializer = look_at(module);
}

// What is mapped: tells what the initializer saw in this worker, what this call sees, and sends the module back.
std::tuple<Sighting, Sighting, Module> inspect(const Module& module) {
  return {seen_by_initializer, look_at(module), module};
}

bool as_expected = true;

void print(std::string_view what, crosspool::crossing how, int pid, int serialized, bool same_object, int expected) {
  const char* const words[] = {"shared", "inherited", "serialized"};
  std::printf("  %-22.*s %-11s in process %-8d serialized %d time%s%s\n", static_cast<int>(what.size()), what.data(),
              words[static_cast<int>(how)], pid, serialized, serialized == 1 ? "" : "s",
              same_object ? ", the very object of main" : "");
  as_expected = as_expected && serialized == expected && same_object == (how == crosspool::crossing::shared);
}

template <class Policy> void demonstrate() {
  const auto once_if = [](crosspool::crossing how) { return how == crosspool::crossing::serialized ? 1 : 0; };
  const std::vector<Module> modules{{.name = "a module"}};
  const auto& module = modules.front();
  const auto address = reinterpret_cast<std::uintptr_t>(&module);

  crosspool::pool<Policy> pool{2, initialize, module};
  for (const auto& [initializer, call, result] : pool.map(inspect, modules)) {
    std::printf("%s_pool\n", std::string(Policy::name).c_str());
    // A forked worker's copy has the same address, in memory of its own; only in this process is it the same object.
    const bool same_process = call.pid == crosspool::this_worker::pid();
    print("initializer's argument", Policy::initializer, initializer.pid, initializer.serialized,
          same_process && initializer.address == address, once_if(Policy::initializer));
    print("map's argument", Policy::arguments, call.pid, call.serialized, same_process && call.address == address,
          once_if(Policy::arguments));
    std::printf("  %-22s %-11s to process %-8d serialized %d times, there and back\n", "map's result",
                Policy::results == crosspool::crossing::shared ? "shared" : "serialized", crosspool::this_worker::pid(),
                result.serialized);
    as_expected = as_expected && result.serialized == once_if(Policy::arguments) + once_if(Policy::results);
  }
}

// Three things that nothing can serialize: a fork pool's initializer takes them all the same.
struct Unserializable {
  const Module* pointer;
  std::FILE* file;
  std::unique_ptr<int> handle;
} mine;

void keep(const Module* pointer, std::FILE* file, std::unique_ptr<int> handle) {
  mine = {pointer, file, std::move(handle)};
}

std::string use(int) {
  char line[64] = {};
  const bool at_start = std::fseek(mine.file, 0, SEEK_SET) == 0;
  const bool read = at_start && std::fgets(line, sizeof line, mine.file) != nullptr;
  return "through the pointer: " + mine.pointer->name + "; from the open file: " + (read ? line : "nothing") +
         "; from the move-only handle: " + std::to_string(*mine.handle);
}

void demonstrate_what_only_fork_inherits() {
  const Module module{.name = "a module"};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
  std::fputs("a line", file.get());
  std::fflush(file.get());

  crosspool::fork_pool pool{1, keep, &module, file.get(), std::make_unique<int>(42)};
  const auto said = pool.apply(use, 0);
  std::printf("fork_pool's initializer was also given a pointer, an open file and a move-only handle\n  %s\n",
              said.c_str());
  as_expected = as_expected && said == "through the pointer: a module; from the open file: a line; from the "
                                       "move-only handle: 42";

  // map's arguments go to workers that already run, so there the compiler refuses the same things.
  static_assert(!crosspool::crossable_to<const Module*, crosspool::fork>);
  static_assert(!crosspool::crossable_to<std::FILE*, crosspool::fork>);
  static_assert(crosspool::crossable_to<const Module*, crosspool::thread>);
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  std::printf("the program is process %d\n", crosspool::this_worker::pid());
  demonstrate<crosspool::thread>();
  demonstrate<crosspool::fork>();
  demonstrate<crosspool::spawn>();
  demonstrate_what_only_fork_inherits();
  if (!as_expected)
    std::puts("this is not what the boundary table says");
  return as_expected ? 0 : 1;
}
