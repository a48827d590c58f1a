"""Writes pytorch_updates.json: the weights that PyTorch's optimizers reach in ten steps, in double precision.

    python3 pytorch_updates.py > pytorch_updates.json

The cost is 1/2 sum_i c_i (w_i - m_i)^2 with fixed c and m, so the gradient at each step follows from the weights; it is
written beside them. Any PyTorch from 1.13 on will do (Debian 12: apt-get install python3-torch).
"""
import json

import torch

CURVATURE = torch.tensor([1.0, 0.1, 4.0, 0.5], dtype=torch.float64)
MINIMUM = torch.tensor([0.5, -1.0, 0.25, 2.0], dtype=torch.float64)
INITIAL = [1.0, 2.0, -0.5, -0.25]
STEPS = 10

CASES = [
    ("sgd", torch.optim.SGD, dict(lr=0.1)),
    ("momentum", torch.optim.SGD, dict(lr=0.1, momentum=0.9)),
    ("momentum", torch.optim.SGD, dict(lr=0.05, momentum=0.5)),
    ("nesterov", torch.optim.SGD, dict(lr=0.1, momentum=0.9, nesterov=True)),
    ("nesterov", torch.optim.SGD, dict(lr=0.05, momentum=0.5, nesterov=True)),
    ("adam", torch.optim.Adam, dict(lr=0.1, betas=(0.9, 0.999), eps=1e-8)),
    ("adam", torch.optim.Adam, dict(lr=0.02, betas=(0.8, 0.9), eps=1e-3)),
    ("adamw", torch.optim.AdamW, dict(lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)),
    ("adamw", torch.optim.AdamW, dict(lr=0.02, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.3)),
]


def run(rule, optimizer, params):
    w = torch.tensor(INITIAL, dtype=torch.float64, requires_grad=True)
    o = optimizer([w], **params)
    gradients, weights = [], []
    for _ in range(STEPS):
        o.zero_grad()
        (CURVATURE * (w - MINIMUM) ** 2 / 2).sum().backward()
        gradients.append(w.grad.tolist())
        o.step()
        weights.append(w.detach().tolist())
    names = dict(lr="rate", momentum="keep", weight_decay="decay", eps="epsilon")
    said = {names[k]: v for k, v in params.items() if k in names}
    if "betas" in params:
        said["keep1"], said["keep2"] = params["betas"]
    return dict(rule=rule, params=said, initial=INITIAL, gradients=gradients, weights=weights)


# One list of numbers a line: Python prints the fewest digits that read back as the same number.
cases = []
for case in CASES:
    fields = []
    for name, value in run(*case).items():
        if name in ("gradients", "weights"):
            rows = ",\n".join("    " + json.dumps(row) for row in value)
            fields.append(f'   "{name}": [\n{rows}\n   ]')
        else:
            fields.append(f'   "{name}": {json.dumps(value)}')
    cases.append("  {\n" + ",\n".join(fields) + "\n  }")
top = dict(pytorch=torch.__version__, curvature=CURVATURE.tolist(), minimum=MINIMUM.tolist())
head = "".join(f' "{k}": {json.dumps(v)},\n' for k, v in top.items())
print("{\n" + head + ' "cases": [\n' + ",\n".join(cases) + "\n ]\n}")
