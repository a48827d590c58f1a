#!/usr/bin/env python3
"""Spark as the one who places ranks: a barrier stage of N tasks, each of which becomes the launcher of one rank of MPICH.

    spark-submit tools/cluster/spark_barrier.py N digitlab train ...

The driver runs mpiexec of MPICH, which tells what is to be started on each host in place of starting it (-launcher
manual). Each task of a barrier stage runs one of these lines; ranks find each other by the driver's address. The program,
MPICH and the paths are the same on all executors. Rank 0's output is the driver's, and so is the status: after 75 (saved)
or a lost executor the same command goes on. AGAIN=3 in the environment does so up to three times.

It is an example. `make spark-barrier` runs it on a local-cluster of two executors and compares the weights with those of
one process. Spark moves no data here: ranks read the files themselves.
"""
import os
import shlex
import subprocess
import sys
import threading

from pyspark.sql import SparkSession

STATUS_SAVED = 75


def lines_of(mpiexec, count):
    """What mpiexec wants started, a line a rank; it says so first, and then what ranks print."""
    lines = []
    for line in mpiexec.stdout:
        if line.startswith("HYDRA_LAUNCH: "):
            lines.append(line.removeprefix("HYDRA_LAUNCH: ").strip())
        elif line.startswith("HYDRA_LAUNCH_END"):
            break
    if len(lines) != count:
        raise SystemExit(f"spark_barrier: mpiexec names {len(lines)} launches, not {count}")
    return lines


def rank(lines):
    """A task: runs its line until its rank ends."""
    from pyspark import BarrierTaskContext

    BarrierTaskContext.get().barrier()  # all have a slot, or none starts
    return [subprocess.run(shlex.split(line), stdin=subprocess.DEVNULL).returncode for line in lines]


def once(spark, count, command):
    driver = spark.conf.get("spark.driver.host")
    hosts = ",".join(f"slot{i}" for i in range(count))  # names that keep ranks apart; nobody looks them up
    mpiexec = subprocess.Popen(
        [os.environ.get("MPIEXEC", "mpiexec.mpich"), "-launcher", "manual", "-localhost", driver, "-hosts", hosts,
         "-ppn", "1", "-n", str(count), *command],
        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        lines = lines_of(mpiexec, count)
        shown = threading.Thread(target=lambda: [print(line, end="", flush=True) for line in mpiexec.stdout])
        shown.start()
        try:
            spark.sparkContext.parallelize(lines, count).barrier().mapPartitions(rank).collect()
        except Exception as e:  # an executor was lost: Spark says so at length
            print(f"spark_barrier: {str(e).splitlines()[0]}", file=sys.stderr)
            mpiexec.kill()  # without its ranks it would not end otherwise
        status = mpiexec.wait(60)
        shown.join()
        return status
    finally:
        mpiexec.kill()


def main(count, command):
    spark = (SparkSession.builder.appName("digitlab")
             .config("spark.stage.maxConsecutiveAttempts", "1")  # another attempt wants other lines
             .config("spark.task.maxFailures", "1")
             .getOrCreate())
    try:
        again = int(os.environ.get("AGAIN", "0"))
        while True:
            status = once(spark, count, command)
            if status in (0, 1, 2) or again == 0:
                return status if status in (0, 1, 2) else STATUS_SAVED
            again -= 1
            print(f"spark_barrier: status {status}, again ({again} more)", file=sys.stderr)
    finally:
        spark.stop()


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
