"""What the contestants in Python share: the clock and the check, and the output in the shape of Google Benchmark's JSON."""

import json
import multiprocessing
import statistics
import sys
import time

WORKERS = 2
QUICK = "--quick" in sys.argv

_results = []


def scaled(n):
    return max(n // 10, 1) if QUICK else n


def add(contestant, variant, body):
    """body() returns the figures by name, or None after a wrong answer."""
    result = {"name": f"{contestant}/{variant}"}
    try:
        figures = body()
        if figures is None:
            result.update(error_occurred=True, error_message="wrong answer")
        else:
            result.update(figures)
    except Exception as error:
        result.update(error_occurred=True, error_message=repr(error))
    _results.append(result)


def measure(run, right, least=0.3):
    """The median time of run(), after a first one to warm up; None after a wrong answer."""
    if not right(run()):
        return None
    times = []
    while sum(times) < (0.01 if QUICK else least):
        begin = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - begin)
        if not right(result):
            return None
    return statistics.median(times)


def report():
    json.dump({"benchmarks": _results}, sys.stdout)


# ---- contestants: each is a context, and has map(f, xs, chunksize), apply(f, x), and the chunksize that suits it ----


class Multiprocessing:
    name = "Python multiprocessing"
    best = None  # its default

    def __enter__(self):
        self.pool = multiprocessing.get_context("fork").Pool(WORKERS)
        return self

    def __exit__(self, *_):
        self.pool.close()
        self.pool.join()

    def map(self, f, xs, chunksize=1):
        return self.pool.map(f, xs, chunksize)

    def apply(self, f, x):
        return self.pool.apply(f, (x,))


class ConcurrentFutures:
    name = "Python concurrent.futures"
    best = 10_000  # its default is 1

    def __enter__(self):
        from concurrent.futures import ProcessPoolExecutor

        self.pool = ProcessPoolExecutor(WORKERS, multiprocessing.get_context("fork"))
        return self

    def __exit__(self, *_):
        self.pool.shutdown()

    def map(self, f, xs, chunksize=1):
        return list(self.pool.map(f, xs, chunksize=chunksize))

    def apply(self, f, x):
        return self.pool.submit(f, x).result()


class Mpi4pyFutures:
    name = "Python mpi4py.futures"
    best = 10_000  # its default is 1

    def __enter__(self):
        from mpi4py import MPI
        from mpi4py.futures import MPIPoolExecutor

        if MPI.COMM_WORLD.Get_size() != WORKERS + 1:
            raise RuntimeError("run this with mpirun -n 3")
        self.pool = MPIPoolExecutor()  # of all ranks but this one
        return self

    def __exit__(self, *_):
        self.pool.shutdown()

    def map(self, f, xs, chunksize=1):
        return list(self.pool.map(f, xs, chunksize=chunksize))


class Joblib:
    name = "Python joblib"
    best = 10_000  # "auto" begins with 1, and is slower

    def __enter__(self):
        import joblib

        self.call = joblib.delayed
        self.joblib = joblib.Parallel
        self.parallel = self.joblib(n_jobs=WORKERS, batch_size=1, max_nbytes=None)
        self.parallel.__enter__()
        return self

    def __exit__(self, *error):
        self.parallel.__exit__(*error)

    def map(self, f, xs, chunksize=1):
        self.parallel.batch_size = chunksize
        return self.parallel(self.call(f)(x) for x in xs)

    def apply(self, f, x):
        self.parallel.batch_size = 1
        return self.parallel([self.call(f)(x)])[0]
