"""Loads a model in the real Spark, or trains and saves one, and prints what Spark predicts.

    python3 exchange.py load MODEL ROWS.json          the model of another program
    python3 exchange.py save MODEL ROWS.json          trains on the rows, with thresholds, and saves

ROWS.json: {"x": [[...], ...], "y": [...]}. Printed: uid, layers, thresholds, probability and prediction.
"""
import json
import os
import sys

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
from pyspark.ml.classification import MultilayerPerceptronClassificationModel, MultilayerPerceptronClassifier
from pyspark.ml.linalg import Vectors
from pyspark.sql import SparkSession

what, path, rows = sys.argv[1:]
with open(rows) as f:
    rows = json.load(f)
spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
         .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
         .config("spark.driver.memory", "1g").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
data = spark.createDataFrame([(float(y), Vectors.dense(x)) for x, y in zip(rows["x"], rows["y"])], ["label", "features"]).coalesce(1)
if what == "load":
    model = MultilayerPerceptronClassificationModel.load(path)
else:
    layers = [len(rows["x"][0]), 5, 4, int(max(rows["y"])) + 1]
    trained = MultilayerPerceptronClassifier(layers=layers, maxIter=15, seed=42, predictionCol="class").fit(data)
    trained.setThresholds([0.9, 0.05, 0.05][: layers[-1]])
    trained.save(path)
    model = MultilayerPerceptronClassificationModel.load(path)
column = model.getPredictionCol()
found = model.transform(data).select("probability", column).collect()
print(json.dumps(dict(
    uid=model.uid, layers=model.getLayers() if hasattr(model, "getLayers") else model.layers,
    thresholds=model.getThresholds() if model.isDefined(model.thresholds) else None,
    weights=model.weights.toArray().tolist(), prediction_col=column,
    probability=[r[0].toArray().tolist() for r in found], prediction=[r[1] for r in found])))
