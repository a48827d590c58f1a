"""Spark ML's way."""

import os
import shutil
import sys
import tempfile

import numpy as np

from common import THREADS, scale

os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable


class Spark:
    """MultilayerPerceptronClassifier on cached rows, a partition for each core; an epoch is a whole fit."""

    def __init__(self, job, x, y):
        import pyspark
        from pyspark.sql import SparkSession

        self.job, self.folder = job, tempfile.mkdtemp()
        setting = SparkSession.builder.master(f"local[{THREADS}]").config("spark.local.dir", self.folder)
        for name, value in {
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": "6g",
            "spark.sql.warehouse.dir": self.folder,
        }.items():
            setting = setting.config(name, value)
        self.spark = setting.getOrCreate()
        self.spark.sparkContext.setLogLevel("OFF")
        ends = [len(x) * i // THREADS for i in range(THREADS + 1)]
        self.train = self.rows(x, y, ends)
        self.net = None
        if job["warm"]:
            self.fit(job["warm"])
        blas = self.spark._jvm.dev.ludovic.netlib.blas.BLAS.getInstance().getClass().getSimpleName()
        self.version = f"Spark {pyspark.__version__}, {blas}"

    def rows(self, x, y, ends):
        """A cached table of x and y, cut at ends into partitions."""
        from pyspark.ml.linalg import Vectors, VectorUDT
        from pyspark.sql.types import DoubleType, StructField, StructType

        schema = StructType([StructField("label", DoubleType()), StructField("features", VectorUDT())])
        width, table = x.shape[1], None
        for i, (first, last) in enumerate(zip(ends, ends[1:])):
            # Spark reads records of one length: the class, then the values.
            file = tempfile.mktemp(dir=self.folder)
            np.hstack([y[first:last, None].astype(np.float64), x[first:last].astype(np.float64)]).tofile(file)
            records = self.spark.sparkContext.binaryRecords(file, 8 * (width + 1)).coalesce(1)
            part = self.spark.createDataFrame(
                records.map(lambda b: np.frombuffer(b)).map(lambda v: (float(v[0]), Vectors.dense(v[1:]))), schema
            )
            table = part if table is None else table.union(part)
        table = table.cache()
        sizes = table.rdd.mapPartitions(lambda rows: [sum(1 for _ in rows)]).collect()
        assert sizes == [b - a for a, b in zip(ends, ends[1:])], f"partitions of {sizes} rows"
        return table

    def fit(self, iterations):
        from pyspark.ml.classification import MultilayerPerceptronClassifier

        self.net = MultilayerPerceptronClassifier(
            layers=self.job["units"], maxIter=iterations, tol=0, blockSize=128, seed=self.job["seed"]
        ).fit(self.train)

    def epoch(self):
        self.fit(self.job["iterations"])

    def cost(self):
        """After the last iteration."""
        costs = list(self.net.summary().objectiveHistory)
        assert len(costs) == self.job["iterations"] + 1, f"{len(costs) - 1} iterations"
        return costs[-1]

    def classes(self, images):
        x = scale(images.astype(np.float32), self.job)
        table = self.rows(x, np.zeros(len(x)), [0, len(x)])
        return np.array([r[0] for r in self.net.transform(table).select("prediction").collect()])

    def end(self):
        java = self.spark.sparkContext._gateway.proc
        self.spark.stop()
        java.stdin.close()
        java.wait()
        shutil.rmtree(self.folder)
