#!/usr/bin/env python3
"""What the compiler takes for a source file that uses crosspool, against one that includes cereal alone. The files are
written to --folder and compiled with -std=c++20 -O2 -c, in turn, so that what else the machine does hits all of them;
the smallest processor time of each counts. Times are of this machine: only their ratios say something, and none is
required. Required is that each file compiles, that a type that cannot cross is refused, and that the programs link and
give the right answer, header-only and with compiled engines. Writes compile_time.md into --folder."""

import argparse
import dataclasses
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

COMPILED = "-DCROSSPOOL_SEPARATE_COMPILATION"
TIME_LIMIT = 60  # seconds, for a program to end

# ---- the sources ----


def includes(*headers):
    return "".join(f"#include <{header}>\n" for header in headers)


CEREAL = includes("cereal/archives/binary.hpp", "cereal/types/map.hpp", "cereal/types/string.hpp",
                  "cereal/types/vector.hpp")
CEREAL_PROGRAM = """#include <sstream>
struct inner {
  int x;
  double y;
  template <class Archive> void serialize(Archive& archive) { archive(x, y); }
};
struct outer {
  int number;
  std::string name;
  std::vector<double> values;
  inner in;
  template <class Archive> void serialize(Archive& archive) { archive(number, name, values, in); }
};
std::string save(const outer& x) {
  std::ostringstream to;
  cereal::BinaryOutputArchive archive(to);
  archive(x);
  return to.str();
}
outer load(const std::string& text) {
  std::istringstream from(text);
  cereal::BinaryInputArchive archive(from);
  outer x;
  archive(x);
  return x;
}
"""


def aggregates(count, header, use):
    """Count pairs of structs, each followed by `use`; _N stands for the number."""
    one = """struct inner_N {
  int x;
  double y;
};
struct outer_N {
  int number;
  std::string name;
  std::vector<double> values;
  inner_N inner;
};
""" + use
    return includes(header, "string", "vector") + "".join(one.replace("_N", f"_{n}") for n in range(count))


def crossable(count):
    return aggregates(count, "crosspool/crossable.hpp", "static_assert(crosspool::crossable<outer_N>);\n")


def mapped(count):
    return aggregates(count, "crosspool/fork.hpp", """outer_N work_N(const outer_N& x) { return x; }
auto map_N(crosspool::fork_pool& pool, const std::vector<outer_N>& xs) { return pool.map(work_N, xs); }
""")


REFUSED = includes("crosspool/crossable.hpp") + """struct outer {
  int number;
  int* pointer;
};
static_assert(crosspool::crossable<outer>);
"""


def program(policies, strings=False):
    """A main that is 0 if the map of each of these pools has the right sum; with strings, of a second map, too."""
    headers = [f"crosspool/{policy}.hpp" for policy in policies] + ["crosspool/init.hpp"] * ("spawn" in policies)
    parts = [includes(*headers, *["string"] * strings, "vector"), "int twice(int x) { return 2 * x; }\n"]
    body = "  crosspool::init(argc, argv);\n" if "spawn" in policies else ""
    body += "  int sum = 0;\n  std::vector<int> xs{1, 2, 3};\n"
    for policy in policies:
        body += f"  crosspool::{policy}_pool {policy}(2);\n"
        body += f"  for (const int y : {policy}.map(twice, xs))\n    sum += y;\n"
    if strings:
        parts.append("std::string twice_text(const std::string& x) { return x + x; }\n")
        body += "  std::vector<std::string> texts{\"1\", \"23\"};\n"
        body += f"  for (const std::string& y : {policies[0]}.map(twice_text, texts))\n"
        body += "    sum += static_cast<int>(y.size());\n"
    right = 12 * len(policies) + 6 * strings
    arguments = "int argc, char** argv" if "spawn" in policies else ""
    return "".join(parts) + f"int main({arguments}) {{\n{body}  return sum == {right} ? 0 : 1;\n}}\n"


TBB = includes("tbb/blocked_range.h", "tbb/parallel_for.h", "vector") + """int twice(int x) { return 2 * x; }
std::vector<int> map(const std::vector<int>& xs) {
  std::vector<int> ys(xs.size());
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, xs.size()), [&](const auto& range) {
    for (auto i = range.begin(); i < range.end(); ++i)
      ys[i] = twice(xs[i]);
  });
  return ys;
}
"""
BS = includes("BS_thread_pool.hpp", "vector") + """int twice(int x) { return 2 * x; }
std::vector<int> map(const std::vector<int>& xs) {
  std::vector<int> ys(xs.size());
  BS::thread_pool<> pool(2);
  pool.detach_loop(std::size_t{0}, xs.size(), [&](std::size_t i) { ys[i] = twice(xs[i]); });
  pool.wait();
  return ys;
}
"""
TASKFLOW = includes("taskflow/algorithm/for_each.hpp", "taskflow/taskflow.hpp", "vector") + """
int twice(int x) { return 2 * x; }
std::vector<int> map(const std::vector<int>& xs) {
  std::vector<int> ys(xs.size());
  tf::Executor executor(2);
  tf::Taskflow flow;
  flow.for_each_index(std::size_t{0}, xs.size(), std::size_t{1}, [&](std::size_t i) { ys[i] = twice(xs[i]); });
  executor.run(flow).wait();
  return ys;
}
"""

# ---- the cases ----


@dataclasses.dataclass
class Case:
    name: str
    title: str
    source: str
    compiled: bool = False  # with compiled engines
    syntax_only: bool = False
    more_than: str = ""  # the table has the difference to this case
    types: int = 0  # that are checked or mapped in it
    fewer_types: str = ""  # the case that a type's cost is computed against
    once: bool = False
    optional: bool = False  # only where that library is
    time: float = float("inf")

    @property
    def is_program(self):
        return "int main(" in self.source


def all_cases():
    cases = [
        Case("cereal_include", "cereal: binary archive, vector, string, map; include only", CEREAL),
        Case("cereal_used", "cereal, 1 struct written and read", CEREAL + CEREAL_PROGRAM),
        Case("crossable_1", "`crossable.hpp`, 1 aggregate crossable", crossable(1), types=1),
        Case("include", "`crosspool.hpp`, include only", includes("crosspool/crosspool.hpp")),
        Case("include_compiled", "… compiled engines", includes("crosspool/crosspool.hpp"), compiled=True),
    ]
    for name, title, source in [
        ("thread_map", "`thread.hpp`, a `thread_pool` and its map", program(["thread"])),
        ("fork_map", "`fork.hpp`, a `fork_pool` and its map", program(["fork"])),
        ("second_map", "in that file a second map, of other types: more", program(["fork"], strings=True)),
        ("three_pools", "thread, fork and spawn pool, a map each", program(["thread", "fork", "spawn"])),
    ]:
        for compiled in False, True:
            suffix = "_compiled" if compiled else ""
            cases.append(Case(name + suffix, "… compiled engines" if compiled else title, source, compiled=compiled,
                              more_than=f"fork_map{suffix}" if name == "second_map" else ""))
    cases += [
        Case("fork_map_syntax", "the file with the `fork_pool`, `-fsyntax-only`", program(["fork"]), syntax_only=True),
        Case("fork_map_syntax_compiled", "… compiled engines", program(["fork"]), compiled=True, syntax_only=True),
        Case("src", "`src.hpp`: the compiled engines themselves", includes("crosspool/src.hpp"), compiled=True),
        Case("crossable_10", "`crossable.hpp`, 10 aggregates crossable", crossable(10), types=10,
             fewer_types="crossable_1"),
        Case("crossable_100", "… 100", crossable(100), types=100, fewer_types="crossable_10"),
        Case("crossable_1000", "… 1000", crossable(1000), types=1000, fewer_types="crossable_100", once=True),
        Case("mapped_1", "`fork.hpp`, 1 aggregate mapped by a given pool", mapped(1), types=1),
        Case("mapped_10", "… 10", mapped(10), types=10, fewer_types="mapped_1"),
        Case("tbb", "oneTBB, a `parallel_for`", TBB, optional=True),
        Case("bs", "BS::thread_pool, a loop", BS, optional=True),
        Case("taskflow", "Taskflow, a loop", TASKFLOW, optional=True),
    ]
    return cases


# ---- the compiler ----


class Failed(Exception):
    pass


class Compiler:
    def __init__(self, options):
        self.folder = options.folder
        self.driver = [options.compiler, *shlex.split(options.flags)]
        self.command = [*self.driver, *(f"-I{folder}" for folder in options.include), "-std=c++20", "-O2"]
        self.environment = dict(os.environ, LC_ALL="C")

    def run(self, command):
        """Exit status, what it printed, and the user seconds of it and its own children."""
        log = self.folder / "output.txt"
        with open(log, "wb") as output:
            child = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, stdout=output,
                                     stderr=subprocess.STDOUT)
            _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        return child.returncode, log.read_text(errors="replace"), used.ru_utime

    def object(self, case):
        return self.folder / f"{case.name}.o"

    def compile(self, case, syntax_only=False):
        what = ["-fsyntax-only"] if syntax_only or case.syntax_only else ["-c", "-o", str(self.object(case))]
        source = self.folder / f"{case.name}.cpp"
        source.write_text(case.source)
        return self.run([*self.command, *[COMPILED] * case.compiled, *what, str(source)])

    def link_and_run(self, case, engines):
        path = self.folder / case.name
        objects = [self.object(case)] + [self.object(engines)] * case.compiled
        status, output, _ = self.run([*self.driver, *map(str, objects), "-pthread", "-o", str(path)])
        if status != 0:
            raise Failed(f"{case.name} does not link\n{output}")
        try:
            ran = subprocess.run([path], stdin=subprocess.DEVNULL, timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            raise Failed(f"{case.name} does not end") from None
        if ran.returncode != 0:
            raise Failed(f"{case.name} gives a wrong answer: exit status {ran.returncode}")


def demand_refusal(compiler):
    status, output, _ = compiler.compile(Case("refused", "", REFUSED), syntax_only=True)
    if status == 0 or not re.search("error: static assertion|error: static_assert", output):
        raise Failed(f"a type with a pointer should be refused, but the compiler says\n{output}")


def has_headers(compiler, case):
    """Whether this compiler takes the headers that the case includes."""
    headers = "".join(line for line in case.source.splitlines(keepends=True) if line.startswith("#include"))
    return compiler.compile(dataclasses.replace(case, source=headers), syntax_only=True)[0] == 0


def measure(compiler, cases, repetitions):
    for repetition in range(repetitions):
        for case in cases:
            if repetition > 0 and case.once:
                continue
            status, output, time = compiler.compile(case)
            if status != 0:
                raise Failed(f"{case.name}.cpp does not compile\n{output}")
            case.time = min(case.time, time)
        if repetition == 0:
            engines = next(case for case in cases if case.name == "src")
            for case in cases:
                if case.is_program and not case.syntax_only:
                    compiler.link_and_run(case, engines)
        print(f"{repetition + 1} of {repetitions}", file=sys.stderr, flush=True)


# ---- the table ----


def code_size(path, tool):
    """The bytes of code and constants in an object; None without the tool."""
    if not shutil.which(tool):
        return None
    output = subprocess.run([tool, path], stdout=subprocess.PIPE, text=True, check=True).stdout
    return int(output.splitlines()[1].split()[0])


def table(compiler, cases, tool):
    by_name = {case.name: case for case in cases}
    cereal = by_name["cereal_include"].time
    lines = ["| | user seconds | ÷ cereal, include only | code, bytes | a type more, ms |", "|---|--:|--:|--:|--:|"]
    for case in cases:
        time, size, per_type = case.time, None, ""
        if not case.syntax_only:
            size = code_size(compiler.object(case), tool)
        if case.more_than:
            base = by_name[case.more_than]
            time -= base.time
            size = None if size is None else size - code_size(compiler.object(base), tool)
        fewer = by_name.get(case.fewer_types)
        if fewer:
            per_type = f"{1000 * (case.time - fewer.time) / (case.types - fewer.types):.1f}"
        size_text = "" if size is None else f"{size:,}"
        lines.append(f"| {case.title} | {time:.2f} | {time / cereal:.2f} | {size_text} | {per_type} |")
    return lines


def about(compiler, repetitions, load):
    model = "unknown processor"
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    _, version, _ = compiler.run([compiler.driver[0], "--version"])
    cores = len(os.sched_getaffinity(0))
    loads = f"{load:.1f} before the start and {os.getloadavg()[0]:.1f} at the end"
    return (f"{model}, {cores} cores, load average {loads}; {version.splitlines()[0].strip()}, -std=c++20 -O2 -c; the "
            f"smallest of {repetitions}, but 1000 aggregates compiled once.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--include", action="append", default=[], help="a folder of headers; may be repeated")
    parser.add_argument("--flags", default="", help="more flags, in one string")
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--size", default="size", help="the program that tells an object's size")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="for the sources, objects and the table")
    options = parser.parse_args()
    if options.repetitions < 1:
        parser.error("--repetitions must be at least 1")
    options.folder.mkdir(parents=True, exist_ok=True)
    compiler = Compiler(options)
    load = os.getloadavg()[0]
    try:
        demand_refusal(compiler)
        cases = [case for case in all_cases() if not case.optional or has_headers(compiler, case)]
        measure(compiler, cases, options.repetitions)
    except Failed as failure:
        sys.exit(f"compile_time: {failure}")
    text = "\n".join([about(compiler, options.repetitions, load), "", *table(compiler, cases, options.size), ""])
    (options.folder / "compile_time.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
