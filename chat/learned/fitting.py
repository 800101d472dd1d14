"""Fits the classifiers. Only commands and workers come here: scikit-learn takes seconds and 170 MB to load.

In the embedded set-up the worker is a thread of the web process, which then keeps those 170 MB.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from chat.learned import ngrams
from chat.learned.linear import Linear, Matrix
from chat.learned.ngrams import Sparse
from chat.learned.trees import Trees

# Rows' worth: with a few dozen examples the shares stay near those that did well elsewhere.
_HELD: Final = 3.0
# What the length of a vector is beside that of the words, which is 1. Of .7 and 1 the better on a fold of CLINC150.
_BESIDE: Final = 0.7


def fit(features: Matrix, labels: Sequence[str], *, c: float = 1.0, balanced: bool = False, vectors: int = 0) -> Linear:
    """A multinomial logistic regression with an L2 penalty of 1/c; `balanced` weighs each label alike.

    `features` is (rows, features), of which the first `vectors` are an embedding: they are read around their mean and
    of one size, so that c means the same for every model. (The vectors of e5 all point one way: as they are, the search
    would not end in hundreds of steps.) Raises ValueError with fewer than two labels.
    """
    mean, size = _mean_and_size(features[:, :vectors]) if vectors else (np.zeros(0, np.float32), 1.0)
    around = np.concatenate([(features[:, :vectors] - mean) / size, features[:, vectors:]], axis=1)
    found = _load("linear_model").LogisticRegression(C=c, max_iter=1000, class_weight="balanced" if balanced else None)
    with _one_thread():
        found.fit(around, list(labels))
    return _for_vectors_as_they_come(_linear(found), mean, np.full(vectors, 1 / size, np.float32))


def fit_words(rows: Sparse, labels: Sequence[str], *, c: float = 2.0) -> Linear:
    """A linear support vector machine for each label against the rest; its scores are no probabilities.

    On CLINC150, a fifth of the training rows held out, .958 where a ridge regression has .924.
    """
    features = _load("sparse").csr_matrix((rows.values, rows.places, rows.starts), shape=(len(rows), ngrams.WIDTH))
    found = _load("svm").LinearSVC(C=c, tol=0.1, random_state=0)
    found.fit(features.astype(np.float64), list(labels))
    return _linear(found)


def fit_beside(models: Sequence[Matrix], rows: Sparse, labels: Sequence[str], *, c: float = 1.0) -> Linear:
    """The same on the vectors of all `models` with the words beside them; the weights of the vectors come first.

    Each model's vectors are around their mean and of one size, a little smaller than that of the words.
    """
    sparse = _load("sparse")
    vectors = np.hstack(models)
    mean = vectors.mean(axis=0)
    size = np.concatenate([np.full(one.shape[1], _BESIDE / _mean_and_size(one)[1], np.float32) for one in models])
    words = sparse.csr_matrix((rows.values, rows.places, rows.starts), shape=(len(rows), ngrams.WIDTH))
    both = sparse.hstack([sparse.csr_matrix((vectors - mean) * size), words]).tocsr().astype(np.float64)
    found = _load("svm").LinearSVC(C=c, tol=0.1, random_state=0)
    found.fit(both, list(labels))
    return _for_vectors_as_they_come(_linear(found), mean, size)


def _for_vectors_as_they_come(made: Linear, mean: Matrix, by: Matrix) -> Linear:
    """A fit on vectors of which `mean` was taken, then each figure times `by`, for vectors of which nothing is."""
    made.weights[:, : len(by)] *= by
    bias = (made.bias - made.weights[:, : len(by)] @ mean).astype(np.float32)
    return Linear(made.labels, made.weights, bias)


def _mean_and_size(vectors: Matrix) -> tuple[Matrix, float]:
    """The middle of vectors, and how far they are from it."""
    mean = vectors.mean(axis=0)
    return mean, float(np.sqrt(((vectors - mean) ** 2).sum(axis=1).mean())) or 1.0


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

    with _one_thread():
        found = _load("optimize").minimize(loss, begin, jac=True, method="L-BFGS-B", options={"maxiter": 60})
    return [float(one) for one in np.exp(found.x)]


def fit_trees(rows: Matrix, wanted: npt.NDArray[np.float64], *, trees: int) -> Trees:
    """Gradient boosting on squared error, with shallow trees that each see half of the rows."""
    leaf = max(5, min(50, len(rows) // 50))
    made = _load("ensemble").GradientBoostingRegressor(
        n_estimators=trees, learning_rate=0.04, max_depth=3, subsample=0.5, max_features=0.4, min_samples_leaf=leaf,
        random_state=0,
    )  # fmt: skip
    made.fit(rows, wanted)
    parts = [one.tree_ for one in made.estimators_[:, 0]]
    roots = np.cumsum([0, *(part.node_count for part in parts[:-1])])
    inner = [part.children_left >= 0 for part in parts]

    def joined(values: Iterable[Any]) -> Any:
        return np.concatenate(list(values))

    return Trees(
        roots=roots.astype(np.int32),
        feature=joined(np.where(i, part.feature, -1) for i, part in zip(inner, parts, strict=True)).astype(np.int32),
        limit=joined(part.threshold for part in parts).astype(np.float32),
        left=joined(part.children_left + root for part, root in zip(parts, roots, strict=True)).astype(np.int32),
        right=joined(part.children_right + root for part, root in zip(parts, roots, strict=True)).astype(np.int32),
        value=(joined(part.value[:, 0, 0] for part in parts) * made.learning_rate).astype(np.float32),
        bias=float(made.init_.constant_[0, 0]),
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """What is added up here is small: two threads only wait for each other, and take a core from who answers."""
    _load("linear_model")  # whose library it is about
    with _threads().limit(limits=1, user_api="blas"):
        yield


@cache
def _threads() -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def _load(what: str) -> Any:
    from scipy import optimize, sparse
    from sklearn import ensemble, linear_model, svm

    known = {"ensemble": ensemble, "linear_model": linear_model, "optimize": optimize, "sparse": sparse, "svm": svm}
    return known[what]
