// A library with a state that no two threads may share: here Lua, whose interpreter holds the script's variables. Each
// worker has an interpreter of its own, from its start to its end. Many an old library keeps such a state in global
// variables, of which a program has one set: then it takes processes. The code is the same for both.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <lua.hpp>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

const std::string script = R"(
  calls = 0
  function steps_to_one(n)
    calls = calls + 1
    if n < 1 then error("no way from " .. n .. " to one") end
    local steps = 0
    while n ~= 1 do
      n = n % 2 == 0 and n // 2 or 3 * n + 1
      steps = steps + 1
    end
    return steps
  end
)";

class Interpreter {
public:
  explicit Interpreter(const std::string& text) {
    luaL_openlibs(lua());
    if (luaL_dostring(lua(), text.c_str()) != LUA_OK)
      fail();
  }

  lua_Integer call(const char* function, lua_Integer argument) {
    lua_getglobal(lua(), function);
    lua_pushinteger(lua(), argument);
    if (lua_pcall(lua(), 1, 1, 0) != LUA_OK)
      fail();
    return pop();
  }
  lua_Integer value_of(const char* variable) {
    lua_getglobal(lua(), variable);
    return pop();
  }

private:
  lua_Integer pop() {
    const auto value = lua_tointeger(lua(), -1);
    lua_pop(lua(), 1);
    return value;
  }
  [[noreturn]] void fail() {
    const std::string why = lua_tostring(lua(), -1);
    lua_pop(lua(), 1);
    throw std::runtime_error(why);
  }

  [[nodiscard]] lua_State* lua() const { return owned_.get(); }

  std::unique_ptr<lua_State, decltype(&lua_close)> owned_{luaL_newstate(), lua_close};
};

template <class Policy> bool run() {
  crosspool::pool pool{Policy{}, {.workers = 3}, [](const std::string& text) { return Interpreter(text); }, script};
  auto calls = pool.at_exit([](Interpreter& lua) { return lua.value_of("calls"); });

  const auto steps_to_one = [](Interpreter& lua, int n) { return lua.call("steps_to_one", n); };
  std::vector<int> numbers(1000);
  std::iota(numbers.begin(), numbers.end(), 1);
  const auto steps = pool.map(steps_to_one, numbers);
  bool right = steps[26] == 111 && steps[870] == 178; // those of 27 and 871

  // What goes wrong in a script costs that item.
  const auto outcomes = pool.try_map(steps_to_one, {6, 0});
  right = right && outcomes[0] && *outcomes[0] == 8 && !outcomes[1];
  try {
    static_cast<void>(outcomes[1].value());
  } catch (const std::runtime_error& e) {
    std::printf("%s: %s\n", std::string(Policy::name).c_str(), e.what());
  }

  pool.close();
  pool.join();
  lua_Integer sum = 0;
  for (const auto& each : calls.get())
    sum += *each;
  std::printf("%s: %lld calls, in three interpreters\n", std::string(Policy::name).c_str(),
              static_cast<long long>(sum));
  return right && sum == 1002;
}

int main(int argc, char** argv) {
  crosspool::init(argc, argv);
  const bool right = run<crosspool::fork>() && run<crosspool::spawn>() && run<crosspool::thread>();
  return right ? 0 : 1;
}
