"""Trains a small network in PyTorch, saves its weights in the two ways that digitlab reads, and writes what it answers.

    python3 pytorch.py

Any PyTorch from 1.13 on will do (Debian 12: apt-get install python3-torch), with safetensors.
"""
import json

import numpy as np
import torch
from safetensors.torch import save_file

torch.manual_seed(3)
net = torch.nn.Sequential(
    torch.nn.Linear(4, 8), torch.nn.LeakyReLU(0.1), torch.nn.Dropout(0.25),
    torch.nn.Linear(8, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
x = torch.randn(40, 4)
y = (x[:, 0] > 0).long() + (x[:, 1] > 0.5).long()
optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
for _ in range(100):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(net(x), y).backward()
    optimizer.step()
net.eval()
save_file(net.state_dict(), "pytorch.safetensors")
np.savez("pytorch.npz", **{k: v.numpy() for k, v in net.state_dict().items()})
with torch.no_grad():
    p = torch.softmax(net(x[:6]), dim=1)
with open("pytorch.json", "w") as f:
    json.dump(dict(pytorch=torch.__version__, x=x[:6].tolist(), p=p.tolist()), f, indent=1)
    f.write("\n")
