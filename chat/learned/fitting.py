"""Fits the linear classifiers. Nothing here runs in the web process: scikit-learn takes seconds and 170 MB to load."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from chat.learned import ngrams
from chat.learned.linear import Linear, Matrix
from chat.learned.ngrams import Sparse

# Rows' worth: with a few dozen examples the shares stay near those that did well elsewhere.
_HELD: Final = 3.0


def fit(features: Matrix, labels: Sequence[str], *, c: float = 1.0, balanced: bool = False) -> Linear:
    """A multinomial logistic regression with an L2 penalty of 1/c; `balanced` weighs each label alike.

    `features` is (rows, features). Raises ValueError with fewer than two labels.
    """
    found = _load("linear_model").LogisticRegression(C=c, max_iter=1000, class_weight="balanced" if balanced else None)
    found.fit(features, list(labels))
    return _linear(found)


def fit_vectors(vectors: Matrix, labels: Sequence[str], *, c: float) -> Linear:
    """`fit` on embeddings: around their mean and of one size, so that c means the same for every model.

    The vectors of e5 all point one way: as they are, the search would not end in hundreds of steps.
    """
    mean = vectors.mean(axis=0)
    size = float(np.sqrt(((vectors - mean) ** 2).sum(axis=1).mean())) or 1.0
    made = fit((vectors - mean) / size, labels, c=c)
    weights = (made.weights / size).astype(np.float32)
    return Linear(made.labels, weights, (made.bias - weights @ mean).astype(np.float32))


def fit_words(rows: Sparse, labels: Sequence[str], *, c: float = 2.0) -> Linear:
    """A linear support vector machine for each label against the rest; its scores are no probabilities.

    On CLINC150, a fifth of the training rows held out, .958 where a ridge regression has .924.
    """
    features = _load("sparse").csr_matrix((rows.values, rows.places, rows.starts), shape=(len(rows), ngrams.WIDTH))
    found = _load("svm").LinearSVC(C=c, tol=0.1, random_state=0)
    found.fit(features.astype(np.float64), list(labels))
    return _linear(found)


def _linear(found: Any) -> Linear:
    weights, bias = found.coef_.astype(np.float32), found.intercept_.astype(np.float32)
    if len(found.classes_) == 2:  # one row of weights, for the second label
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return Linear(tuple(map(str, found.classes_)), weights, bias)


def fit_shares(scores: Sequence[Matrix], right: npt.NDArray[np.int64], *, start: Sequence[float]) -> list[float]:
    """How much each view's scores count in their sum, so that its softmax is most likely; held to `start` where few.

    `scores` are (rows, labels) each, `right` the column that is true of each row. The problem is convex.
    """
    stack = np.stack(scores).astype(np.float64)
    begin = np.log(np.array(start, np.float64))

    def loss(logs: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        shares = np.exp(logs)
        total = np.tensordot(shares, stack, axes=1)
        total -= total.max(axis=1, keepdims=True)
        odds = np.exp(total)
        odds /= odds.sum(axis=1, keepdims=True)
        rows = np.arange(len(right))
        value = -np.log(odds[rows, right] + 1e-12).sum() + _HELD * ((logs - begin) ** 2).sum()
        slope = [(odds * view).sum() - view[rows, right].sum() for view in stack]
        return value, np.array(slope) * shares + 2 * _HELD * (logs - begin)

    found = _load("optimize").minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    return [float(one) for one in np.exp(found.x)]


def _load(what: str) -> Any:
    from scipy import optimize, sparse
    from sklearn import linear_model, svm

    return {"linear_model": linear_model, "optimize": optimize, "sparse": sparse, "svm": svm}[what]
