"""Measures PyTorch, JAX and scikit-learn for the command in this folder, each written as its own users would write it.

    peers.py FOLDER THREADS

FOLDER holds the four IDX files of MNIST. The first line of standard input is a job, each further line the number of
timings to take; each is answered by a line of JSON (job.go says what is in them). Timings go on where the last ended.
"""

import json
import os
import sys
import time
import warnings

THREADS = int(sys.argv[2])
if THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"

import numpy as np

KEEP, KEEP1, KEEP2, EPSILON = 0.9, 0.9, 0.999, 1e-8  # of momentum and of Adam, as in nnlib


def read(part, rows=None):
    """The bytes of the first images, a row each, and their classes."""
    images = np.fromfile(os.path.join(sys.argv[1], part + "-images-idx3-ubyte"), np.uint8, offset=16).reshape(-1, 784)
    classes = np.fromfile(os.path.join(sys.argv[1], part + "-labels-idx1-ubyte"), np.uint8, offset=8)
    return images[:rows], classes[:rows].astype(np.int64)


def scale(x, job):
    """Bytes as float32, scaled in place: NumPy's or PyTorch's own."""
    x /= 255
    if job["mean"]:
        x -= job["mean"]
        x /= job["deviation"]
    return x


class TorchEager:
    """The way of PyTorch's own tutorials."""

    options = {}

    def __init__(self, job, x, y):
        import torch

        self.torch, self.job, self.version = torch, job, "torch " + torch.__version__
        torch.set_num_threads(THREADS)
        torch.manual_seed(job["seed"])
        self.x, self.y = torch.from_numpy(x), torch.from_numpy(y)
        nn, units = torch.nn, job["units"]
        layers = []
        for n, m in zip(units, units[1:]):
            layers += [nn.Linear(n, m), nn.Sigmoid() if job["hidden"] == "sigmoid" else nn.ReLU()]
        self.net = nn.Sequential(*layers[:-1])
        self.prepare()

    def prepare(self):
        """What updates the weights."""
        torch, job = self.torch, self.job
        weights, rate, o = self.net.parameters(), job["rate"], self.options
        if job["rule"] == "adam":
            self.optimizer = torch.optim.Adam(weights, rate, (KEEP1, KEEP2), EPSILON, **o)
        else:
            self.optimizer = torch.optim.SGD(weights, rate, KEEP if job["rule"] == "momentum" else 0, **o)

    def cost(self, x, y):
        return self.torch.nn.functional.cross_entropy(self.net(x), y)

    def step(self, x, y):
        self.optimizer.zero_grad()
        cost = self.cost(x, y)
        cost.backward()
        self.optimizer.step()
        return cost.detach()

    def epoch(self):
        n, batch = len(self.x), self.job["batch"]
        if batch >= n:
            return self.step(self.x, self.y).item()
        total = 0
        for rows in self.torch.randperm(n).split(batch):
            total += self.step(self.x[rows], self.y[rows]) * len(rows)
        return total.item() / n

    def logits(self, x):
        return self.net(x)

    def classes(self, images):
        with self.torch.inference_mode():
            x = scale(self.torch.from_numpy(images).float(), self.job)
            return self.logits(x).argmax(1).numpy()


class TorchCompiled(TorchEager):
    """The same with torch.compile and the optimizer's fused form."""

    options = {"fused": True}

    def __init__(self, job, x, y):
        super().__init__(job, x, y)
        self.cost = self.torch.compile(super().cost, dynamic=False)
        if job["calls"]:
            self.logits = self.torch.compile(self.net, dynamic=False)


class TorchByHand(TorchEager):
    """PyTorch's products and element-wise operations without its autograd: all weights in one vector."""

    def prepare(self):
        torch, units = self.torch, self.job["units"]
        self.w = torch.cat([p.detach().T.flatten() for p in self.net.parameters()])
        self.grad, self.first, self.second = (torch.zeros_like(self.w) for _ in range(3))
        self.layers, self.updates, at = [], 0, 0
        for n, m in zip(units, units[1:]):
            matrix, bias = slice(at, at + n * m), slice(at + n * m, at + n * m + m)
            self.layers.append([v for g in (self.w, self.grad) for v in (g[matrix].view(n, m), g[bias])])
            at = bias.stop

    def forward(self, x):
        values = [x]
        for w, b, _, _ in self.layers:
            values.append(self.torch.addmm(b, values[-1], w))
            if len(values) <= len(self.layers):
                values[-1].sigmoid_() if self.job["hidden"] == "sigmoid" else values[-1].relu_()
        return values

    def step(self, x, y):
        torch = self.torch
        with torch.inference_mode():
            values = self.forward(x)
            logs = torch.log_softmax(values.pop(), 1)
            cost = torch.nn.functional.nll_loss(logs, y)
            d = logs.exp_()
            d[torch.arange(len(y)), y] -= 1
            d /= len(y)
            for k in range(len(self.layers) - 1, -1, -1):
                w, _, gw, gb = self.layers[k]
                torch.mm(values[k].T, d, out=gw)
                torch.sum(d, 0, out=gb)
                if k:
                    slope = values[k] * (1 - values[k]) if self.job["hidden"] == "sigmoid" else values[k] > 0
                    d = torch.mm(d, w.T).mul_(slope)
            self.update()
        return cost

    def update(self):
        w, g, rate, rule = self.w, self.grad, self.job["rate"], self.job["rule"]
        self.updates += 1
        if rule == "plain":
            w.add_(g, alpha=-rate)
        elif rule == "momentum":
            w.add_(self.first.mul_(KEEP).add_(g), alpha=-rate)
        else:
            self.first.lerp_(g, 1 - KEEP1)
            self.second.mul_(KEEP2).addcmul_(g, g, value=1 - KEEP2)
            below = (self.second / (1 - KEEP2**self.updates)).sqrt_().add_(EPSILON)
            w.addcdiv_(self.first, below, value=-rate / (1 - KEEP1**self.updates))

    def logits(self, x):
        return self.forward(x)[-1]


class JAX:
    """An epoch is one compiled function: a scan over the steps, then the last step where it has fewer rows."""

    def __init__(self, job, x, y):
        import jax
        import jax.numpy as jnp

        self.jax, self.version = jax, "jax " + jax.__version__
        self.rng = np.random.default_rng(job["seed"])
        self.x, self.y = jnp.asarray(x), jnp.asarray(y.astype(np.int32))
        w = []
        for n, m in zip(job["units"], job["units"][1:]):
            width = n**-0.5
            w.append([jnp.asarray(self.rng.uniform(-width, width, s), jnp.float32) for s in ((n, m), (m,))])
        zeros = jax.tree.map(jnp.zeros_like, w)
        self.state = (w, zeros, jax.tree.map(jnp.zeros_like, w), jnp.float32(0))
        n, batch, rate, rule = len(x), min(job["batch"], len(x)), job["rate"], job["rule"]
        hidden = jax.nn.sigmoid if job["hidden"] == "sigmoid" else jax.nn.relu

        def forward(w, x):
            for k, (matrix, bias) in enumerate(w):
                x = x @ matrix + bias
                if k < len(w) - 1:
                    x = hidden(x)
            return x

        def cost(w, x, y):
            return -jnp.take_along_axis(jax.nn.log_softmax(forward(w, x)), y[:, None], 1).mean()

        def step(state, xy):
            w, first, second, t = state
            value, g = jax.value_and_grad(cost)(w, *xy)
            t, each = t + 1, jax.tree.map
            if rule == "plain":
                direction = g
            elif rule == "momentum":
                direction = first = each(lambda v, g: KEEP * v + g, first, g)
            else:
                first = each(lambda v, g: KEEP1 * v + (1 - KEEP1) * g, first, g)
                second = each(lambda v, g: KEEP2 * v + (1 - KEEP2) * g * g, second, g)
                c1, c2 = 1 - KEEP1**t, 1 - KEEP2**t
                direction = each(lambda m, v: m / c1 / (jnp.sqrt(v / c2) + EPSILON), first, second)
            return (each(lambda w, d: w - rate * d, w, direction), first, second, t), value * len(xy[1])

        def epoch(state, x, y, order):
            if batch == n:
                state, total = step(state, (x, y))
                return state, total / n
            whole = n // batch * batch
            state, costs = jax.lax.scan(
                lambda s, rows: step(s, (x[rows], y[rows])), state, order[:whole].reshape(-1, batch)
            )
            total = costs.sum()
            if whole < n:
                state, value = step(state, (x[order[whole:]], y[order[whole:]]))
                total += value
            return state, total / n

        self.run = jax.jit(epoch, donate_argnums=0)
        mean, deviation = job["mean"], job["deviation"]
        self.predict = jax.jit(
            lambda w, b: forward(w, (b.astype(jnp.float32) / 255 - mean) / deviation).argmax(1)
        )

    def epoch(self):
        order = self.rng.permutation(len(self.x)).astype(np.int32)
        self.state, cost = self.run(self.state, self.x, self.y, order)
        return float(cost)

    def classes(self, images):
        return np.asarray(self.predict(self.state[0], images))


class ScikitLearn:
    """MLPClassifier, a call of partial_fit an epoch."""

    def form(self, x):
        return x

    def __init__(self, job, x, y):
        import sklearn
        from sklearn.neural_network import MLPClassifier

        self.job, self.version = job, "scikit-learn " + sklearn.__version__
        self.x, self.y = self.form(x), y
        self.net = MLPClassifier(
            job["units"][1:-1],
            activation="logistic" if job["hidden"] == "sigmoid" else "relu",
            solver="adam" if job["rule"] == "adam" else "sgd",
            momentum=KEEP if job["rule"] == "momentum" else 0,
            nesterovs_momentum=False,
            beta_1=KEEP1,
            beta_2=KEEP2,
            epsilon=EPSILON,
            alpha=0,
            batch_size=min(job["batch"], len(y)),
            learning_rate_init=job["rate"],
            random_state=job["seed"],
        )

    def epoch(self):
        self.net.partial_fit(self.x, self.y, classes=np.arange(self.job["units"][-1]))
        return self.net.loss_

    def classes(self, images):
        return self.net.predict(self.form(scale(images.astype(np.float32), self.job)))


class ScikitLearnSparse(ScikitLearn):
    """The same with compressed sparse rows."""

    def form(self, x):
        from scipy.sparse import csr_array

        return csr_array(x)


WAYS = {
    "torch-eager": TorchEager,
    "torch-by-hand": TorchByHand,
    "torch-compile": TorchCompiled,
    "jax": JAX,
    "sklearn-dense": ScikitLearn,
    "sklearn-csr": ScikitLearnSparse,
}


def take(net, job, times):
    """So many timings; the time on the clock after the last; the cost and the share of right answers then."""
    images, right = read("t10k")
    if job["calls"]:
        batch = images[: job["rows"]]
        one = lambda: [net.classes(batch) for _ in range(job["calls"])]
    else:
        one = lambda: costs.append(net.epoch())
    seconds, costs = [], []
    for _ in range(times):
        start = time.perf_counter()
        one()
        seconds.append((time.perf_counter() - start) / (job["calls"] or 1))
    end = time.time()
    accuracy = float((net.classes(images) == right).mean())
    return {"seconds": seconds, "end": end, "accuracy": accuracy, "cost": costs[-1] if costs else 0}


def main():
    warnings.simplefilter("ignore")
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    net = job = None
    for line in sys.stdin:
        try:
            if job is None:
                job = json.loads(line)
                images, y = read("train", None if job["calls"] else job["rows"])
                net = WAYS[job["way"]](job, scale(images.astype(np.float32), job), y)
                for _ in range(job["warm"]):
                    net.epoch()
                if job["calls"]:
                    take(net, job, 1)
                answer = {"version": net.version}
            else:
                answer = take(net, job, int(line))
        except Exception as e:
            answer = {"error": f"{type(e).__name__}: {e}"}
        print(json.dumps(answer), file=out, flush=True)


main()
