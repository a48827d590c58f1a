"""What scikit-learn makes of the rows in a CSV file: mean, scale and scaled rows of StandardScaler, and balanced weights of the
classes in a second file. JSON to stdout."""
import json
import sys

import numpy
from sklearn.preprocessing import StandardScaler
from sklearn.utils.class_weight import compute_class_weight

x = numpy.loadtxt(sys.argv[1], delimiter=",", ndmin=2)
c = numpy.loadtxt(sys.argv[2], dtype=int)
scaler = StandardScaler().fit(x)
weights = compute_class_weight("balanced", classes=numpy.unique(c), y=c)
print(json.dumps({
    "mean": scaler.mean_.tolist(), "scale": scaler.scale_.tolist(), "rows": scaler.transform(x).tolist(), "weights": weights.tolist(),
}))
