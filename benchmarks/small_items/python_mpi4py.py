"""Run by python3 -m mpi4py.futures under mpirun: rank 0 is the program, the others are the executor's workers."""

import harness
import workload

if __name__ == "__main__":
    workload.run(harness.Mpi4pyFutures, one_a_task=10_000)
