import harness

# Bytes, as Python's own numbers would take longer to add up than to send: "sum" counts those that are 1.


def total(block):
    return block.count(1)


def echo(block):
    return block


def run(contestant):
    size = 8 << 20
    pattern = bytes(range(256)) * (size // 256)
    blocks = [pattern[i:] + pattern[:i] for i in range(8 if harness.QUICK else 64)]

    def add(variant, function):
        def body():
            serial = [function(block) for block in blocks]
            with contestant() as pool:
                time = harness.measure(lambda: pool.map(function, blocks), lambda results: results == serial)
            return time and {"GiB_per_second": len(blocks) * size / time / (1 << 30)}

        harness.add(contestant.name, variant, body)

    add("vector<double>, sum", total)
    add("vector<double>, echo, fresh memory", echo)
    harness.report()
