"""Fits the linear classifiers. Nothing here runs in the web process: scikit-learn takes seconds and 170 MB to load."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from chat.learned.linear import Linear, Matrix


def fit(features: Matrix, labels: Sequence[str], *, c: float = 1.0, balanced: bool = False) -> Linear:
    """A multinomial logistic regression with an L2 penalty of 1/c; `balanced` weighs each label alike.

    `features` is (rows, features). Raises ValueError with fewer than two labels.
    """
    found = _load().LogisticRegression(C=c, max_iter=1000, class_weight="balanced" if balanced else None)
    found.fit(features, list(labels))
    weights, bias = found.coef_.astype(np.float32), found.intercept_.astype(np.float32)
    if len(found.classes_) == 2:  # one row of weights, for the second label
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    return Linear(tuple(map(str, found.classes_)), weights, bias)


def _load() -> Any:
    from sklearn import linear_model

    return linear_model
