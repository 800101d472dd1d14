"""A sum of small regression trees as saved arrays: what it says of a row of features, with numpy alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from chat.learned.linear import Matrix

Numbers = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Trees:
    """Nodes of all trees in one list. A node with `feature` -1 is a leaf; the others go `left` up to `limit`."""

    roots: Numbers
    feature: Numbers
    limit: npt.NDArray[np.float32]
    left: Numbers
    right: Numbers
    value: npt.NDArray[np.float32]
    bias: float

    def predict(self, rows: Matrix) -> npt.NDArray[np.float32]:
        """(rows, features) to (rows)."""
        at = np.repeat(self.roots[None], len(rows), axis=0)
        places = np.arange(len(rows))[:, None]
        while (inner := self.feature[at] >= 0).any():
            goes_left = rows[places, np.maximum(self.feature[at], 0)] <= self.limit[at]
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)
        return np.asarray(self.value[at].sum(axis=1) + self.bias, np.float32)

    def first(self, number: int) -> "Trees":
        """With the first `number` trees only: what a shorter fit would have made."""
        return replace(self, roots=self.roots[:number])

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """For `numpy.savez`; read back by `of`."""
        return {
            "trees/roots": self.roots,
            "trees/feature": self.feature,
            "trees/limit": self.limit,
            "trees/left": self.left,
            "trees/right": self.right,
            "trees/value": self.value,
            "trees/bias": np.array([self.bias], np.float32),
        }

    @classmethod
    def of(cls, arrays: Mapping[str, npt.NDArray[np.generic]]) -> Self:
        """What `arrays` made."""
        roots, feature, left, right = (
            np.asarray(arrays[f"trees/{name}"], np.int32) for name in ("roots", "feature", "left", "right")
        )
        limit, value, bias = (np.asarray(arrays[f"trees/{name}"], np.float32) for name in ("limit", "value", "bias"))
        return cls(roots, feature, limit, left, right, value, float(bias[0]))
