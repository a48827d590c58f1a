"""The rows and labels that Spark's own loader reads from a LIBSVM file, as JSON."""
import json
import os
import sys

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
from pyspark.sql import SparkSession

spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
         .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
         .config("spark.driver.memory", "1g").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
rows = spark.read.format("libsvm").load(sys.argv[1]).collect()
print(json.dumps({"X": [r["features"].toArray().tolist() for r in rows], "Y": [int(r["label"]) for r in rows]}))
