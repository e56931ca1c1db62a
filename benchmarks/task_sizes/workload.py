import statistics
import time

import harness


def compute(task):
    x, rounds = task
    for _ in range(rounds):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
    return x


def seconds_of_task(rounds):
    times = []
    for i in range(15):
        begin = time.perf_counter()
        compute((i, rounds))
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def rounds_of_millisecond():
    for _ in range(10):
        rounds = round(10_000 * 1e-3 / seconds_of_task(10_000))
        if abs(seconds_of_task(rounds) / 1e-3 - 1) < 0.1:
            return rounds
    raise RuntimeError("the processor's speed is not steady")


SIZES = [("10 us", 0.01, 20_000), ("0.1 ms", 0.1, 2_000), ("1 ms", 1, 2_000), ("10 ms", 10, 100)]


def run(contestant):
    per_millisecond = rounds_of_millisecond()

    def add(name, milliseconds, count):
        def body():
            tasks = [(i, round(milliseconds * per_millisecond)) for i in range(harness.scaled(count))]
            few, half = tasks[: len(tasks) // 20], len(tasks) // 2
            with contestant() as pool:
                right = pool.map(compute, few) == [compute(task) for task in few]
                begin = time.perf_counter()
                serial = [compute(task) for task in tasks[:half]]
                middle = time.perf_counter()
                results = pool.map(compute, tasks)
                end = time.perf_counter()
                serial += [compute(task) for task in tasks[half:]]
                alone = middle - begin + time.perf_counter() - end
            if not right or results != serial:
                return None
            return {
                "efficiency": alone / harness.WORKERS / (end - middle),
                "us_per_item": (end - middle) * 1e6 / len(tasks),
            }

        harness.add(contestant.name, name, body)

    for size in SIZES:
        add(*size)
    harness.report()
