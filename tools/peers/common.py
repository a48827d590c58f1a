"""What all ways of the measurement share."""

import os
import sys

import numpy as np

THREADS = int(sys.argv[2])
KEEP, KEEP1, KEEP2, EPSILON = 0.9, 0.9, 0.999, 1e-8  # of momentum and of Adam, as in nnlib


def read(part, rows=None):
    """The bytes of the first images, a row each, and their classes."""
    images = np.fromfile(os.path.join(sys.argv[1], part + "-images-idx3-ubyte"), np.uint8, offset=16).reshape(-1, 784)
    classes = np.fromfile(os.path.join(sys.argv[1], part + "-labels-idx1-ubyte"), np.uint8, offset=8)
    return images[:rows], classes[:rows].astype(np.int64)


def scale(x, job):
    """Bytes as float32, scaled in place: NumPy's or PyTorch's own."""
    x /= 255
    if job["mean"]:
        x -= job["mean"]
        x /= job["deviation"]
    return x
