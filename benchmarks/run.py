#!/usr/bin/env python3
"""Runs the contestants of all workloads in turn, in several rounds, so that what else the machine does hits all alike and
ratios are of one run. Writes into --folder: results.csv (every sample), table.md, goals.md, and two plots in SVG."""

import argparse
import collections
import csv
import itertools
import json
import os
import pathlib
import platform
import re
import signal
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # the folder of the source stays as it is
import plot  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TIME_LIMIT = 120  # seconds, for one contestant in one round; with --full, 600

Workload = collections.namedtuple("Workload", "title figure unit scale yardsticks")
WORKLOADS = {
    "small_items": Workload(
        "Small items: items a second (more is better)", "items_per_second", "million/s", 1e-6,
        ["pipes by hand", "BS::thread_pool", "oneTBB task_group", "oneTBB parallel_for"]),
    "large_blocks": Workload(
        "Blocks of 8 MiB: throughput (more is better)", "GiB_per_second", "GiB/s", 1, ["pipes by hand", "BS::thread_pool"]),
    "task_sizes": Workload(
        "Tasks that compute, one a task: efficiency (1 is a plain loop's time, halved)", "efficiency", "of two", 1,
        ["two bare forks", "oneTBB task_group"]),
    "item_sizes": Workload(
        "Items by size, one a task: time per item", "us_per_item", "µs", 1, ["pipes by hand", "oneTBB task_group"]),
    "latency": Workload(
        "One call on an idle pool: median time", "median_us", "µs", 1, ["raw eventfd", "raw eventfd, two processors", "raw spinning"]),
    "start_stop": Workload(
        "A pool of two from start to end", "ms", "ms", 1, ["raw, three forks", "raw, two posix_spawns"]),
    "growth": Workload("Growth: time per item", "us_per_item", "µs", 1, []),
}
MORE_FIGURES = ["us_per_item", "p95_us"]  # kept in results.csv beside a workload's own

# ---- to run ----


def command(how, program, options):
    flags = ["--quick"] * options.quick + ["--full"] * options.full
    # Three ranks on two cores: they spin, but must let each other run, or one waits for milliseconds.
    ranks = [options.mpirun, "--oversubscribe", "--bind-to", "none", "--mca", "mpi_yield_when_idle", "1", "-n", "3"]
    if how == "python":
        return [options.python, str(program)] + flags
    if how == "python_mpi":
        return ranks + [options.python, "-m", "mpi4py.futures", str(program)] + flags
    line = [str(program), "--benchmark_format=json"] + flags
    return ranks + line if how == "mpi" else line


def environment(how, workload):
    env = dict(os.environ)
    if how.startswith("python"):
        env["PYTHONPATH"] = f"{HERE}:{HERE / workload}"
        env["PYTHONDONTWRITEBYTECODE"] = "1"
    if how.endswith("mpi") and os.getuid() == 0:
        env["OMPI_ALLOW_RUN_AS_ROOT"] = env["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    return env


def parse(text):
    """The benchmarks in the JSON, which ends early where the program did."""
    try:
        return json.loads(text)["benchmarks"]
    except (ValueError, KeyError):
        whole = text.rfind("\n    }")
        try:
            return json.loads(text[: whole + 6] + "]}")["benchmarks"] if whole > 0 else []
        except ValueError:
            return []


def busy_share(cpus, interval=0.1):
    """How much of these cores' time somebody used in the next moment; 0 where the system does not tell."""

    def used():
        busy = total = 0
        try:
            for line in pathlib.Path("/proc/stat").read_text().splitlines():
                name, *times = line.split()
                if name in {f"cpu{cpu}" for cpu in cpus}:
                    times = [int(each) for each in times[:8]]
                    total += sum(times)
                    busy += sum(times) - times[3] - times[4]  # idle, and waiting for a device
        except OSError:
            pass
        return busy, total

    busy, total = used()
    time.sleep(interval)
    busy_after, total_after = used()
    return (busy_after - busy) / max(total_after - total, 1)


def wait_for_quiet(cpus, patience=5):
    """Whether nobody else uses the cores, now or soon. With a third on two cores, two threads may be left one of them."""
    end = time.monotonic() + patience
    while busy_share(cpus) > 0.2:
        if time.monotonic() > end:
            return False
    return True


def run(workload, how, program, options):
    """The benchmarks of one contestant, and why there are no more, if so."""
    child = subprocess.Popen(
        command(how, program, options), env=environment(how, workload), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    fault = None
    limit = 600 if options.full else TIME_LIMIT
    try:
        output, errors = child.communicate(timeout=limit)
        if child.returncode != 0:
            fault = f"exit status {child.returncode}: {errors.strip()[-300:]}"
    except subprocess.TimeoutExpired:
        for harder in signal.SIGTERM, signal.SIGKILL:  # by the first, mpirun ends its ranks
            try:
                os.killpg(child.pid, harder)
                output, errors = child.communicate(timeout=5)
                break
            except ProcessLookupError:
                output, errors = child.communicate()
                break
            except subprocess.TimeoutExpired:
                output = ""
        fault = f"more than {limit} s"
    benchmarks = parse(output)
    return benchmarks, fault or (None if benchmarks else "no output")


class Results:
    """Samples by (workload, variant, contestant, round); what went wrong by (workload, variant, contestant)."""

    def __init__(self):
        self.runs = 0
        self.disturbed = 0  # runs that began while others used the cores
        self.samples = {}
        self.faults = {}
        self.lost = collections.defaultdict(list)  # programs that did not come to their end, by workload
        self.order = collections.defaultdict(list)  # (variant, contestant), as first seen, by workload

    def add(self, workload, number, benchmark):
        name = re.sub(r"/(iterations|min_time|manual_time|real_time|min_warmup_time)\b.*", "", benchmark["name"])
        contestant, variant = name.rsplit("/", 1)
        key = (workload, variant, contestant)
        if (variant, contestant) not in self.order[workload]:
            self.order[workload].append((variant, contestant))
        if benchmark.get("error_occurred"):
            message = benchmark.get("error_message", "")
            self.faults[key] = "wrong" if message == "wrong answer" else "failed"
            if message != "wrong answer":
                print(f"    {name}: {message}")
            return
        names = {WORKLOADS[workload].figure, *MORE_FIGURES}
        self.samples[key + (number,)] = {each: benchmark[each] for each in names if each in benchmark}

    def seal(self, workload, rounds):
        """What a contestant shows in one round and not in another has failed there."""
        for variant, contestant in self.order[workload]:
            key = (workload, variant, contestant)
            if any(key + (number,) not in self.samples for number in range(rounds)):
                self.faults.setdefault(key, "failed")

    def values(self, workload, variant, contestant, figure=None):
        """By round; None unless every round was right."""
        key = (workload, variant, contestant)
        figure = figure or WORKLOADS[workload].figure
        if key in self.faults:
            return None
        samples = {k[3]: v[figure] for k, v in self.samples.items() if k[:3] == key and figure in v}
        return samples or None

    def median(self, *key):
        values = self.values(*key)
        return statistics.median(values.values()) if values else None

    def ratio(self, workload, one, other):
        """The median of the rounds' ratios; one and other are (variant, contestant)."""
        a, b = self.values(workload, *one), self.values(workload, *other)
        ratios = [a[number] / b[number] for number in a if number in b and b[number]] if a and b else []
        return statistics.median(ratios) if ratios else None


def run_all(contestants, options):
    results = Results()
    for workload in WORKLOADS:
        mine = [(how, path) for name, how, path in contestants if name == workload]
        if not mine or (options.only and workload not in options.only):
            continue
        begin = time.monotonic()
        for number in range(options.rounds):
            first = number % len(mine)  # another one begins in each round
            for how, path in mine[first:] + mine[:first]:
                results.runs += 1
                results.disturbed += not wait_for_quiet(options.cpus)
                benchmarks, fault = run(workload, how, path, options)
                if fault:
                    print(f"    {path.stem}: {fault}")
                    results.lost[workload].append(path.stem)
                for each in benchmarks:
                    results.add(workload, number, each)
        results.seal(workload, options.rounds)
        print(f"{workload}: {len(mine)} programs, {options.rounds} rounds, {time.monotonic() - begin:.0f} s", flush=True)
    return results


# ---- to write ----


def number(x):
    """Three digits that count."""
    if x == 0:
        return "0"
    if abs(x) >= 100:
        return f"{x:,.0f}"
    digits = 2 if abs(x) >= 1 else 3
    return f"{x:.{1 if abs(x) >= 10 else digits}f}" if abs(x) >= 0.01 else f"{x:.2g}"


def write_csv(path, results):
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["workload", "variant", "contestant", "round", "figure", "value"])
        for key, figures in sorted(results.samples.items()):
            for figure, value in sorted(figures.items()):
                writer.writerow([*key, figure, repr(value)])
        for key, fault in sorted(results.faults.items()):
            writer.writerow([*key, "", "", fault])


def machine(options, results):
    model = "unknown processor"
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return (f"{model}, {len(options.cpus)} cores used, Linux {platform.release()}, {options.rounds} rounds"
            + (f", of {results.runs} runs {results.disturbed} began while others used the cores" if results.disturbed else "")
            + (", --quick: sizes are a tenth, and figures say little" if options.quick else ""))


def table(results, workload):
    about = WORKLOADS[workload]
    order = results.order[workload]
    variants = list(dict.fromkeys(variant for variant, _ in order))
    yardsticks = [y for y in about.yardsticks if any(contestant == y for _, contestant in order)]
    p95 = workload == "latency"
    head = ["", "contestant", f"median, {about.unit}", "min … max"] + ["95%, µs"] * p95 + [f"÷ {y}" for y in yardsticks]
    lines = [f"## {about.title}", "", "| " + " | ".join(head) + " |",
             "|" + "---|" * 2 + "--:|" * (len(head) - 2)]
    for variant in variants:
        for contestant in [c for v, c in order if v == variant]:
            row = [variant, contestant]
            values = results.values(workload, variant, contestant)
            if values:
                scaled = [value * about.scale for value in values.values()]
                row += [number(statistics.median(scaled)), f"{number(min(scaled))} … {number(max(scaled))}"]
                if p95:
                    row.append(number(statistics.median(results.values(workload, variant, contestant, "p95_us").values())))
                for yardstick in yardsticks:
                    ratio = results.ratio(workload, (variant, contestant), (variant, yardstick))
                    row.append("" if ratio is None or yardstick == contestant else number(ratio))
            else:
                row += [results.faults[(workload, variant, contestant)]] + [""] * (len(head) - 3)
            lines.append("| " + " | ".join(row) + " |")
    for program in dict.fromkeys(results.lost[workload]):
        lines += ["", f"`{program}`: failed."]
    return lines + [""]


def goals(results):
    """Yields (goal, what, required, measured, whether it is reached); None if it was not measured."""

    def at_least(goal, what, required, measured, unit=""):
        return goal, what, f"≥ {required:g}{unit}", measured, None if measured is None else measured >= required, unit

    def at_most(goal, what, required, measured, unit=""):
        return goal, what, f"≤ {required:g}{unit}", measured, None if measured is None else measured <= required, unit

    def against(workload, variant, contestant, yardstick):
        return results.ratio(workload, (variant, contestant), (variant, yardstick))

    processes = ["crosspool fork", "crosspool spawn"]
    one, chunks, triples = "int, one a task", "int, in chunks", "three doubles, in chunks"
    for me in processes:
        for times, yardstick in [(6, "BS::thread_pool"), (200, "pipes by hand"), (1, "oneTBB task_group")]:
            yield at_least(1, f"{me}, {one}, against {yardstick}", times, against("small_items", one, me, yardstick), "×")
        for variant in chunks, triples:
            yield at_least(1, f"{me}, {variant}, against pipes by hand in their best chunks", 10,
                           against("small_items", variant, me, "pipes by hand"), "×")

    me = "crosspool thread"
    yield at_least(2, f"{me}, {one}, against oneTBB task_group", 1, against("small_items", one, me, "oneTBB task_group"), "×")
    for variant in chunks, triples:
        slower = results.ratio("small_items", (variant, "oneTBB parallel_for"), (variant, me))
        yield at_most(2, f"{me}, {variant}, time against oneTBB parallel_for", 1.2, slower, "×")
    for size in "1 ms", "0.1 ms":
        yield at_least(2, f"{me}, tasks of {size}, against oneTBB", 0.98, against("task_sizes", size, me, "oneTBB task_group"), "×")

    for me in processes:
        for kind in "vector<double>", "string", "vector<aggregate>", "struct of three vectors":
            wanted = [("sum", 9), ("echo, memory reused by mallopt", 4), ("echo, fresh memory", 2)]
            for what, required in wanted + [("sum, read in place", 12)] * (kind == "vector<double>"):
                variant = f"{kind}, {what}"
                yield at_least(3, f"{me}, {variant}", required, results.median("large_blocks", variant, me), " GiB/s")

    for me in processes:
        for size, required in [("1 ms", 0.97), ("0.1 ms", 0.96), ("10 us", 0.9)]:
            yield at_least(4, f"{me}, tasks of {size}, against two bare forks", required,
                           against("task_sizes", size, me, "two bare forks"), "×")

    for me in processes:
        yield at_most(5, f"{me}, back to back", 6, results.median("latency", "back to back", me), " µs")
        yield at_most(5, f"{me}, after 1 ms", 15, results.median("latency", "after 1 ms", me), " µs")
        for yardstick in "raw eventfd", "raw eventfd, two processors":
            yield at_most(5, f"{me}, after 100 ms, against {yardstick}", 1.2, against("latency", "after 100 ms", me, yardstick), "×")
        yield at_most(5, f"{me}, processor time of an idle second", 200,
                      results.median("latency", "processor time of an idle second", me), " µs")

    for size in "small program", "1 GiB touched":
        for me, required, yardstick in [("crosspool fork", 1.5, "raw, three forks"), ("crosspool spawn", 1.3, "raw, two posix_spawns")]:
            yield at_most(6, f"{me}, {size}, against {yardstick}", required, against("start_stop", size, me, yardstick), "×")

    # "Flat" is taken to be: at most a quarter more.
    for me in ["crosspool thread"] + processes:
        items = [v for v, c in results.order["growth"] if c == me and v.endswith(" items")]
        for most, least in [(items[-1] if items else "", "10^3 items"), ("64 workers", "2 workers"), ("100000 futures", "1000 futures")]:
            yield at_most(7, f"{me}, an item's time: {most or 'most items'} against {least}", 1.25,
                          results.ratio("growth", (most, me), (least, me)), "×")

    me, yardstick = "crosspool mpi", "Open MPI by hand"
    for variant in one, chunks, triples:
        yield at_least(8, f"{me}, {variant}, against {yardstick}", 1, against("small_items", variant, me, yardstick), "×")
    for variant in "vector<double>, sum", "vector<double>, sum, read in place":
        yield at_least(8, f"{me}, {variant}", 4, results.median("large_blocks", variant, me), " GiB/s")


def goals_table(results):
    lines = ["| goal | | required | measured | reached |", "|--:|---|--:|--:|---|"]
    for goal, what, required, measured, reached, unit in goals(results):
        shown = "not measured" if measured is None else number(measured) + unit
        lines.append(f"| {goal} | {what} | {required} | {shown} | {'' if reached is None else 'yes' if reached else 'no'} |")
    return lines + [""]


def in_seconds(name):
    value, unit = name.split()
    return float(value) * {"us": 1e-6, "ms": 1e-3}[unit]


def in_bytes(name):
    value, unit = name.split()
    return float(value) * {"B": 1, "KiB": 1 << 10, "MiB": 1 << 20}[unit]


def series(results, workload, x_of):
    """By contestant: (x, seconds per item)."""
    lines = collections.defaultdict(list)
    for variant, contestant in results.order[workload]:
        values = results.values(workload, variant, contestant, "us_per_item")
        if values:
            lines[contestant].append((x_of(variant), statistics.median(values.values()) * 1e-6))
    return {name: sorted(points) for name, points in lines.items()}


def write_plots(folder, results):
    by_task = series(results, "task_sizes", in_seconds)
    if by_task:
        (folder / "task_sizes.svg").write_text(plot.log_log(
            "Time per item against the task's size: two workers, one item a task", "a task's computing time",
            "time per item", by_task, [(10.0**e, plot.time_text(10.0**e)) for e in range(-6, -1)],
            reference=("half of the task's time", lambda x: x / 2)))
    by_item = series(results, "item_sizes", in_bytes)
    if by_item:
        sizes = ["4 B", "64 B", "1 KiB", "16 KiB", "256 KiB", "4 MiB"]
        (folder / "item_sizes.svg").write_text(plot.log_log(
            "Time per item against the item's size: two workers, one item a task, its sum back", "size of an item, a vector of int",
            "time per item", by_item, [(in_bytes(s), s) for s in sizes]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where contestants.txt is, and results go")
    parser.add_argument("--rounds", type=int, help="default 5, with --quick 1")
    parser.add_argument("--only", action="append", choices=list(WORKLOADS), help="this workload; may be repeated")
    parser.add_argument("--quick", action="store_true", help="a tenth of everything: to see that it runs")
    parser.add_argument("--full", action="store_true", help="growth to 10^8 items, too")
    parser.add_argument("--cpus", help="such as 0,1; default: the first two this process may use")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--mpirun", default="mpirun")
    options = parser.parse_args(args_of_environment() + sys.argv[1:])
    options.rounds = options.rounds or (1 if options.quick else 5)
    allowed = sorted(os.sched_getaffinity(0))
    options.cpus = [int(cpu) for cpu in options.cpus.split(",")] if options.cpus else allowed[:2]
    os.sched_setaffinity(0, options.cpus)  # which the contestants inherit

    lines = (options.folder / "contestants.txt").read_text().split("\n")
    contestants = [(name, how, pathlib.Path(path)) for name, how, path in (line.split("|") for line in lines if line)]
    results = run_all(contestants, options)

    write_csv(options.folder / "results.csv", results)
    text = [f"{machine(options, results)}.", "", "÷: the median of the rounds' ratios to this yardstick.", ""]
    text += itertools.chain.from_iterable(table(results, workload) for workload in WORKLOADS if results.order[workload])
    (options.folder / "table.md").write_text("\n".join(text))
    reached = goals_table(results)
    (options.folder / "goals.md").write_text("\n".join([f"{machine(options, results)}.", ""] + reached))
    write_plots(options.folder, results)
    yes, no = (sum(line.endswith(f"| {word} |") for line in reached) for word in ("yes", "no"))
    print(f"goals: {yes} reached, {no} not; see table.md, goals.md, results.csv and the plots in {options.folder}")


def args_of_environment():
    """What the target `benchmarks` is to be given: BENCHMARKS="--quick --only latency" cmake --build …"""
    return os.environ.get("BENCHMARKS", "").split()


if __name__ == "__main__":
    main()
