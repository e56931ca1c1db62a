import harness
import workload

if __name__ == "__main__":
    workload.run(harness.ConcurrentFutures, one_a_task=10_000)
