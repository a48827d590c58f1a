"""Writes the golden files beside it with scikit-learn (made with 1.9.1).

    pip install scikit-learn && python generate.py
"""
import json
import pathlib
import re

import numpy as np
import sklearn
from sklearn.metrics import classification_report, confusion_matrix, precision_recall_fscore_support, accuracy_score

here = pathlib.Path(__file__).parent
rng = np.random.default_rng(3)
cases = []


def text(truth, predicted, labels, names, digits):
    report = classification_report(truth, predicted, labels=labels, target_names=names, digits=digits, zero_division=0)
    # Without a single right answer scikit-learn prints a support of 1 as 1.0.
    return re.sub(r"([0-9]+)\.0$", r"  \1", report, flags=re.M)


def case(name, classes, truth, predicted, names=None, digits=2):
    labels = list(range(classes))
    averages = {}
    for average in ["macro", "weighted", "micro"]:
        p, r, f, _ = precision_recall_fscore_support(truth, predicted, labels=labels, average=average, zero_division=0)
        averages[average] = [float(p), float(r), float(f)]
    p, r, f, s = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    cases.append({
        "name": name, "classes": classes, "truth": [int(v) for v in truth], "predicted": [int(v) for v in predicted],
        "names": names, "digits": digits,
        "confusion": confusion_matrix(truth, predicted, labels=labels).tolist(),
        "precision": p.tolist(), "recall": r.tolist(), "f1": f.tolist(), "support": [int(v) for v in s],
        "accuracy": float(accuracy_score(truth, predicted)), "averages": averages,
        "text": text(truth, predicted, labels, names, digits),
    })


t = rng.integers(0, 10, 500)
p = np.where(rng.random(500) < 0.8, t, rng.integers(0, 10, 500))
case("ten digits", 10, t, p)
case("four decimals", 10, t, p, digits=4)
case("no decimals", 10, t, p, digits=0)
case("a class never predicted", 4, [0, 1, 2, 2, 3, 3], [0, 1, 1, 0, 3, 3])
case("a class that is absent", 4, [0, 1, 1, 3], [0, 1, 3, 3])
case("all wrong", 3, [0, 1, 2], [1, 2, 0])
case("long names", 3, [0, 1, 2, 2], [0, 1, 1, 2], names=["short", "a name longer than the averages", "größer"])
case("two classes", 2, [0, 0, 1, 1, 1], [0, 1, 1, 1, 1], digits=3)
case("sixteen decimals", 2, [0, 0, 1, 1, 1], [0, 1, 1, 1, 1], digits=16)
lines = ",\n".join(json.dumps(c, ensure_ascii=False) for c in cases)
(here / "sklearn.json").write_text('{"version": "%s", "cases": [\n%s\n]}\n' % (sklearn.__version__, lines))
