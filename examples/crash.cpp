// What is parsed may crash the parser: in a process that costs one item, and the program is told which and how.
#include <crosspool/crosspool.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

// How deeply brackets are nested. Like many a library, it aborts where it finds what should not be.
int depth_of(const std::string& text) {
  int open = 0, deepest = 0;
  for (const char c : text)
    if (c == '(')
      deepest = ++open > deepest ? open : deepest;
    else if (c == ')' && --open < 0)
      std::abort();
  return deepest;
}

int main() {
  crosspool::fork_pool pool{2};
  const std::vector<std::string> texts{"(a(b))", "a)", "((()))", "()()"};
  const auto depths = pool.try_map(depth_of, texts);

  bool said_so = false;
  for (std::size_t i = 0; i < texts.size(); ++i)
    try {
      std::printf("%-7s %d\n", texts[i].c_str(), depths[i].value());
    } catch (const crosspool::worker_died& e) { // worker 1 (pid 4711) died by SIGABRT while running item 1 of try_map
      std::printf("%-7s %s\n", texts[i].c_str(), e.what());
      said_so = e.item() == 1 && i == 1;
    }
  return said_so && depths[0].value() == 2 && depths[2].value() == 3 && depths[3].value() == 1 ? 0 : 1;
}
