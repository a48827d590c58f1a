"""Checks a model with onnx, runs it with ONNX Runtime and prints what both say.

    python3 run.py MODEL.onnx ROWS.json

ROWS.json is a list of rows. Printed: the outputs, names and shapes, metadata and documentation.
"""
import json
import sys

import numpy as np
import onnx
import onnxruntime

path, rows = sys.argv[1:]
with open(rows) as f:
    x = np.array(json.load(f), dtype=np.float32)
model = onnx.load(path)
onnx.checker.check_model(model, full_check=True)
session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
(given,), (made,) = session.get_inputs(), session.get_outputs()
output = session.run(None, {given.name: x})[0]
one = session.run(None, {given.name: x[:1]})[0]  # another number of rows
print(json.dumps(dict(
    input=given.name, input_shape=given.shape, output=made.name, output_shape=made.shape, outputs=output.tolist(),
    first=one.tolist(), metadata={p.key: p.value for p in model.metadata_props}, doc=model.doc_string,
    operators=[n.op_type for n in model.graph.node])))
