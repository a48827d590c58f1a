"""Loads a model in the real Spark, trains and saves another, and prints what Spark predicts with both.

    python3 exchange.py GIVEN SAVED ROWS.json

GIVEN is the model of another program; SAVED, with thresholds, is trained on the rows and written. ROWS.json:
{"x": [[...], ...], "y": [...]}. Printed for "given" and "saved": uid, layers, thresholds, weights, predictions.
"""
import json
import os
import sys

os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
from pyspark.ml.classification import MultilayerPerceptronClassificationModel, MultilayerPerceptronClassifier
from pyspark.ml.linalg import Vectors
from pyspark.sql import SparkSession

given, saved, rows = sys.argv[1:]
with open(rows) as f:
    rows = json.load(f)
spark = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
         .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
         .config("spark.driver.memory", "1g").getOrCreate())
spark.sparkContext.setLogLevel("OFF")
data = spark.createDataFrame([(float(y), Vectors.dense(x)) for x, y in zip(rows["x"], rows["y"])], ["label", "features"]).coalesce(1)


def said(path):
    model = MultilayerPerceptronClassificationModel.load(path)
    column = model.getPredictionCol()
    found = model.transform(data).select("probability", column).collect()
    return dict(
        uid=model.uid, layers=list(model.getLayers()), prediction_col=column,
        thresholds=model.getThresholds() if model.isDefined(model.thresholds) else None,
        weights=model.weights.toArray().tolist(),
        probability=[r[0].toArray().tolist() for r in found], prediction=[r[1] for r in found])


layers = [len(rows["x"][0]), 5, 4, 3]
trained = MultilayerPerceptronClassifier(layers=layers, maxIter=15, seed=42, predictionCol="class").fit(data)
trained.setThresholds([0.9, 0.05, 0.05])
trained.save(saved)
print(json.dumps(dict(given=said(given), saved=said(saved))))
