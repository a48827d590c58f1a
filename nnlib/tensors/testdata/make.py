"""Writes the files of this folder with NumPy and safetensors' own library, and expected.json with what a network
6-5-4-3 (tanh, softmax) of these weights answers.

    python3 make.py

The weights are those of a PyTorch Sequential: Linear(6, 5), Tanh, Linear(5, 4), Tanh, Linear(4, 3).
"""
import json

import numpy as np
from safetensors.numpy import save_file

SIZES = [6, 5, 4, 3]
net = {}
for layer, (inputs, units) in enumerate(zip(SIZES, SIZES[1:])):
    i = np.arange(units * inputs).reshape(units, inputs)
    net[f"{2 * layer}.weight"] = (((i * 37 + 11 * layer) % 101 - 50) / 50).astype(np.float32)
    net[f"{2 * layer}.bias"] = ((np.arange(units) * 29 % 17 - 8) / 16).astype(np.float32)
double = {k: v.astype(np.float64) for k, v in net.items()}

save_file(net, "f32.safetensors", metadata={"format": "pt"})
save_file(double, "f64.safetensors")
# Names whose order is not that of the layers, which their shapes tell.
save_file({f"{name}.{part}": net[f"{2 * i}.{part}"] for i, name in enumerate(["stem", "body", "head"]) for part in ("weight", "bias")},
          "named.safetensors")
save_file({"0.weight": net["0.weight"].astype(np.float16)}, "f16.safetensors")
np.savez("f32.npz", **net)
np.savez_compressed("f64.npz", **double)
np.savez("unnamed.npz", *net.values())
np.save("flat.npy", np.concatenate([np.concatenate([double[f"{2 * i}.weight"].T.ravel(), double[f"{2 * i}.bias"]]) for i in range(3)]))
np.save("fortran.npy", np.asfortranarray(double["0.weight"]))
np.save("integers.npy", np.arange(6))

x = ((np.arange(4 * 6).reshape(4, 6) * 31 % 23) - 11) / 8
a = x
for i in range(3):
    a = a @ double[f"{2 * i}.weight"].T + double[f"{2 * i}.bias"]
    if i < 2:
        a = np.tanh(a)
p = np.exp(a - a.max(axis=1, keepdims=True))
p /= p.sum(axis=1, keepdims=True)
with open("expected.json", "w") as f:
    json.dump(dict(numpy=np.__version__, x=x.tolist(), p=p.tolist()), f, indent=1)
    f.write("\n")
