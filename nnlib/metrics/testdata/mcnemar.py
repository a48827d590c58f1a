"""Writes mcnemar.json beside it with statsmodels (made with 0.15.0).

    pip install statsmodels && python mcnemar.py

The test is exact below 25 examples that one model alone reads correctly.
"""
import json
import pathlib

import statsmodels
from statsmodels.stats.contingency_tables import mcnemar

cases = []
for both, first, second, neither in [
    (9000, 0, 0, 12), (10, 1, 0, 0), (0, 3, 3, 5), (100, 12, 2, 9), (100, 2, 12, 9), (50, 24, 0, 1), (50, 12, 12, 1),
    (50, 25, 0, 1), (50, 12, 13, 1), (9500, 60, 90, 350), (9500, 200, 110, 190), (7, 40, 40, 3), (0, 0, 900, 0),
]:
    exact = first + second < 25
    r = mcnemar([[both, first], [second, neither]], exact=exact, correction=True)
    cases.append({"both": both, "first": first, "second": second, "neither": neither, "exact": exact,
                  "statistic": float(r.statistic), "p": float(r.pvalue)})
text = ",\n".join(json.dumps(c) for c in cases)
(pathlib.Path(__file__).parent / "mcnemar.json").write_text('{"version": "%s", "cases": [\n%s\n]}\n' % (statsmodels.__version__, text))
