"""JAX's way."""

import os

import numpy as np

from common import EPSILON, KEEP, KEEP1, KEEP2, THREADS

if THREADS == 1:
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"


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
