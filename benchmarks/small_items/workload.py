import harness


def square(x):
    return x * x


def square_triple(t):
    return (t[0] * t[0], t[1] * t[1], t[2] * t[2])


def _add(contestant, variant, function, xs, chunksize):
    def body():
        serial = [function(x) for x in xs]
        with contestant() as pool:
            time = harness.measure(lambda: pool.map(function, xs, chunksize), lambda results: results == serial)
        return time and {"items_per_second": len(xs) / time}

    harness.add(contestant.name, variant, body)


def run(contestant, one_a_task=100_000):
    """one_a_task: how many items, for one a task; what counts is the rate."""
    n = harness.scaled(1_000_000)
    _add(contestant, "int, one a task", square, [i % 40_000 for i in range(harness.scaled(one_a_task))], 1)
    _add(contestant, "int, in chunks", square, [i % 40_000 for i in range(n)], contestant.best)
    triples = [(float(i), i + 0.25, i + 0.5) for i in range(n)]
    _add(contestant, "three doubles, in chunks", square_triple, triples, contestant.best)
    harness.report()
