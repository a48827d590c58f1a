"""Measures PyTorch, JAX, scikit-learn and Spark for the command in this folder, each written as its own users would
write it.

    peers.py FOLDER THREADS

FOLDER holds the four IDX files of MNIST. The first line of standard input is a job, each further line the number of
timings to take; each is answered by a line of JSON (job.go says what is in them). Timings go on where the last ended.
"""

import importlib
import json
import os
import sys
import time
import warnings

import numpy as np

from common import read, scale

WAYS = {
    "torch-eager": "torchways.TorchEager",
    "torch-by-hand": "torchways.TorchByHand",
    "torch-sparse": "torchways.TorchSparse",
    "torch-compile": "torchways.TorchCompiled",
    "torch-product": "torchways.TorchProduct",
    "jax": "jaxways.JAX",
    "sklearn-dense": "sklearnways.ScikitLearn",
    "sklearn-csr": "sklearnways.ScikitLearnSparse",
    "spark": "sparkways.Spark",
}


def way(name):
    module, kind = WAYS[name].split(".")
    return getattr(importlib.import_module(module), kind)


def take(net, job, times):
    """So many timings; the time on the clock after the last; the cost and the share of right answers then."""
    images, right = read("t10k")
    if job["calls"]:
        batch = images[: job["rows"]]
        one = lambda: [net.classes(batch) for _ in range(job["calls"])]
    else:
        one = lambda: costs.append(net.epoch())
    seconds, costs = [], []
    for _ in range(times):
        start = time.perf_counter()
        one()
        seconds.append((time.perf_counter() - start) / (job["calls"] or 1))
    end = time.time()
    accuracy = float((net.classes(images) == right).mean())
    if job["iterations"]:
        costs = [net.cost()]
    return {"seconds": seconds, "end": end, "accuracy": accuracy, "cost": costs[-1] if costs else 0}


def main():
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    net = job = None
    for line in sys.stdin:
        try:
            if job is None:
                job = json.loads(line)
                images, y = read("train", None if job["calls"] else job["rows"])
                net = way(job["way"])(job, scale(images.astype(np.float32), job), y)
                for _ in range(0 if job["iterations"] else job["warm"]):
                    net.epoch()
                if job["calls"]:
                    take(net, job, 1)
                answer = {"version": net.version}
            else:
                answer = take(net, job, int(line))
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), file=out, flush=True)
    if hasattr(net, "end"):
        net.end()


main()
