"""scikit-learn's ways."""

import numpy as np

from common import EPSILON, KEEP, KEEP1, KEEP2, scale


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
