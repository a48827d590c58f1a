"""What scikit-learn and numpy say of outputs and of predicted numbers.

    pip install scikit-learn
    python reference.py golden       writes outputs.json beside it (made with scikit-learn 1.9.1)
    python reference.py < CASES      answers the cases on standard input

A case has classes, truth and output (rows), and precision "float32" or "float64"; or targets, truth and predicted.
NaN and infinity are written as null.
"""
import json
import math
import pathlib
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics

warnings.filterwarnings("ignore")


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, np.ndarray)):
        return [plain(v) for v in x]
    if isinstance(x, (int, np.integer)):
        return int(x)
    x = float(x)
    return x if math.isfinite(x) else None


def calibration(truth, output, bins=10):
    """Expected calibration error (Guo et al., 2017), written out with numpy."""
    sure, right = output.max(axis=1).astype(float), output.argmax(axis=1) == truth
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gap = 0.0
    for b in range(bins):
        inside = place == b
        if inside.any():
            gap += inside.mean() * abs(sure[inside].mean() - right[inside].mean())
    return {"count": [int((place == b).sum()) for b in range(bins)], "gap": gap}


def outputs(case):
    classes, truth = case["classes"], np.array(case["truth"])
    output = np.array(case["output"], dtype=case.get("precision", "float64")).reshape(len(truth), classes)
    labels, got = list(range(classes)), {}
    probable = output.min() >= 0 and output.max() <= 1
    if classes > 2:
        got["top"] = [metrics.top_k_accuracy_score(truth, output, k=k, labels=labels) for k in range(1, classes)]
    if probable:
        got["log_loss"] = metrics.log_loss(truth, output, labels=labels)
        got["brier"] = metrics.brier_score_loss(truth, output, labels=labels)
        got["calibration"] = calibration(truth, output)
    curves = []
    for c in labels:
        fpr, tpr, thresholds = metrics.roc_curve(truth == c, output[:, c], pos_label=True)
        curves.append({"fpr": fpr, "tpr": tpr, "thresholds": thresholds, "area": metrics.roc_auc_score(truth == c, output[:, c])})
    got["curves"] = curves
    # roc_auc_score wants rows that add up to 1; the ranks within a column are all that counts.
    if classes > 2 and probable and np.allclose(1, output.sum(axis=1)):
        for average in ["macro", "weighted"]:
            got[average] = metrics.roc_auc_score(truth, output, multi_class="ovr", average=average, labels=labels)
    return got


def regression(case):
    y, p = (np.array(case[k]).reshape(-1, case["targets"]) for k in ["truth", "predicted"])
    return {"mse": metrics.mean_squared_error(y, p), "rmse": math.sqrt(metrics.mean_squared_error(y, p)),
            "mae": metrics.mean_absolute_error(y, p), "r2": metrics.r2_score(y, p)}


def answer(case):
    return plain(regression(case) if "targets" in case else outputs(case))


def golden():
    rng = np.random.default_rng(5)
    cases = []

    def case(name, truth, output, precision="float64"):
        output = np.asarray(output, dtype=precision)
        cases.append({"name": name, "classes": output.shape[1], "precision": precision,
                      "truth": plain(np.asarray(truth)), "output": plain(output.ravel())})

    def softmax(x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    truth = rng.integers(0, 5, 60)
    logits = rng.normal(size=(60, 5)) + 1.5 * np.eye(5)[truth]
    case("softmax", truth, softmax(logits))
    case("single precision", truth, softmax(logits), "float32")
    case("ties", truth, (lambda n: n / n.sum(axis=1, keepdims=True))(rng.integers(1, 4, (60, 5)).astype(float)))
    case("all equal", truth, np.full((60, 5), 0.2))
    case("perfect", truth, np.eye(5)[truth])
    case("worst", truth, np.eye(5)[(truth + 1) % 5])
    case("an absent class", np.where(truth == 3, 1, truth), softmax(logits))
    case("one class alone", np.zeros(60, int), softmax(logits))
    case("two classes", truth % 2, softmax(logits[:, :2]))
    case("sigmoids, not adding up to 1", truth, 1 / (1 + np.exp(-logits)))
    case("logits", truth, np.round(logits))
    for name, y, p in [("numbers", rng.normal(size=24), rng.normal(size=24)), ("exact", [1.0, 2, 3, 4], [1.0, 2, 3, 4]),
                       ("a constant target", [2.0, 2, 2, 2], [1.0, 2, 3, 4]), ("a constant met", [2.0] * 4, [2.0] * 4),
                       ("a single row", [1.0], [3.0])]:
        for targets in [1, 2] if len(y) > 1 else [1]:
            cases.append({"name": "%s, %d a row" % (name, targets), "targets": targets, "truth": plain(np.asarray(y)), "predicted": plain(np.asarray(p))})
    lines = ",\n".join(json.dumps({"case": c, "want": answer(c)}) for c in cases)
    here = pathlib.Path(__file__).parent
    (here / "outputs.json").write_text('{"version": "%s", "cases": [\n%s\n]}\n' % (sklearn.__version__, lines))


if __name__ == "__main__":
    if sys.argv[1:] == ["golden"]:
        golden()
    else:
        json.dump([answer(c) for c in json.load(sys.stdin)], sys.stdout)
