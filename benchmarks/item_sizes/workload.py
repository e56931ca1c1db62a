import harness

SIZES = {"4 B": 4, "64 B": 64, "1 KiB": 1 << 10, "16 KiB": 16 << 10, "256 KiB": 256 << 10, "4 MiB": 4 << 20, "8 MiB": 8 << 20}


def total(item):
    return item.count(1)


def run(contestant):
    def add(name, size):
        def body():
            count = harness.scaled(min(max((128 << 20) // size, 16), 4_000))
            items = [bytes([i % 2]) * size for i in range(count)]
            serial = [total(item) for item in items]
            with contestant() as pool:
                time = harness.measure(lambda: pool.map(total, items), lambda results: results == serial)
            return time and {"us_per_item": time * 1e6 / count}

        harness.add(contestant.name, name, body)

    for name, size in SIZES.items():
        add(name, size)
    harness.report()
