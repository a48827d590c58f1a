"""The rows and labels that scikit-learn reads from a LIBSVM file, as JSON."""
import json
import sys

from sklearn.datasets import load_svmlight_file

x, y = load_svmlight_file(sys.argv[1], zero_based=False)
print(json.dumps({"X": x.toarray().tolist(), "Y": [int(v) for v in y]}))
