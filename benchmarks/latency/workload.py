import time

import harness

PAUSES = [("back to back", 0, 2_000), ("after 1 ms", 1, 500), ("after 100 ms", 100, 20)]


def square(x):
    return x * x


def run(contestant):
    def add(name, milliseconds, calls):
        def body():
            times = []
            with contestant() as pool:
                if any(pool.apply(square, x) != square(x) for x in range(100)):
                    return None
                for x in range(harness.scaled(calls)):
                    if milliseconds:
                        time.sleep(milliseconds / 1e3)
                    begin = time.perf_counter()
                    answer = pool.apply(square, x)
                    times.append(time.perf_counter() - begin)
                    if answer != square(x):
                        return None
            times.sort()
            at = lambda share: times[int(share * (len(times) - 1))] * 1e6
            return {"median_us": at(0.5), "p95_us": at(0.95)}

        harness.add(contestant.name, name, body)

    for pause in PAUSES:
        add(*pause)
    harness.report()
