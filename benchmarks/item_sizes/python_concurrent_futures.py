import harness
import workload

if __name__ == "__main__":
    workload.run(harness.ConcurrentFutures)
