"""PyTorch's ways."""

from common import EPSILON, KEEP, KEEP1, KEEP2, THREADS, scale


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
            total += self.step(*self.rows(rows)) * len(rows)
        return total.item() / n

    def rows(self, rows):
        """What step is given of these rows."""
        return self.x[rows], self.y[rows]

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

    def forward(self, x, sparse=None):
        values = [x]
        for k, (w, b, _, _) in enumerate(self.layers):
            values.append(self.torch.addmm(b, values[k] if k or sparse is None else sparse, w))
            if len(values) <= len(self.layers):
                values[-1].sigmoid_() if self.job["hidden"] == "sigmoid" else values[-1].relu_()
        return values

    def rows(self, rows):
        """What step is given of these rows."""
        return self.x.index_select(0, rows), self.y.index_select(0, rows)

    def step(self, x, y, sparse=None):
        torch = self.torch
        with torch.inference_mode():
            values = self.forward(x, sparse)
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


class TorchSparse(TorchByHand):
    """The same with the images as a CSR tensor in the first product. The gradient's product takes the dense rows: with
    the transposed CSR tensor it is slower on all rows, and making that one for a batch costs more than the product."""

    def prepare(self):
        super().prepare()
        torch = self.torch
        self.csr = self.x.to_sparse_csr()
        starts = self.csr.crow_indices().int()
        self.starts, self.lengths = starts[:-1], starts.diff()
        self.columns, self.values = self.csr.col_indices().int(), self.csr.values()
        self.numbers = torch.arange(min(self.job["batch"], len(self.x)) * self.x.shape[1], dtype=torch.int32)

    def step(self, x, y, sparse=None):
        return super().step(x, y, self.csr if sparse is None else sparse)

    def rows(self, rows):
        """A CSR tensor of the rows, and the dense ones."""
        torch = self.torch
        lengths = self.lengths.index_select(0, rows)
        starts = torch.zeros(len(rows) + 1, dtype=torch.int32)
        torch.cumsum(lengths, 0, dtype=torch.int32, out=starts[1:])
        n = int(starts[-1])
        move = self.starts.index_select(0, rows) - starts[:-1]
        entries = self.numbers[:n] + torch.repeat_interleave(move, lengths, output_size=n)
        columns, values = self.columns.index_select(0, entries), self.values.index_select(0, entries)
        return *super().rows(rows), torch.sparse_csr_tensor(starts, columns, values, (len(rows), self.x.shape[1]))

    def logits(self, x):
        return self.forward(x, x.to_sparse_csr())[-1]


class TorchProduct:
    """PyTorch's largest rate: an epoch is one product of square matrices."""

    def __init__(self, job, x, y):
        import torch

        self.torch, self.version = torch, "torch " + torch.__version__
        torch.set_num_threads(THREADS)
        self.a, self.b, self.c = (torch.randn(job["units"][0], job["units"][0]) for _ in range(3))

    def epoch(self):
        self.torch.mm(self.a, self.b, out=self.c)
        return 0

    def classes(self, images):
        return 0
