"""A linear classifier as saved arrays: what it says of a row of features, with numpy alone."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Linear:
    """`weights` is (labels, features), `bias` (labels). Two labels have two rows of weights as well."""

    labels: tuple[str, ...]
    weights: Matrix
    bias: npt.NDArray[np.float32]

    def probabilities(self, features: Matrix) -> Matrix:
        """(rows, features) to (rows, labels), each row summing to 1."""
        scores = features @ self.weights.T + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        odds = np.exp(scores)
        result: Matrix = (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return result

    def as_bytes(self) -> bytes:
        """For a file or a row; read back by `from_bytes`."""
        out = io.BytesIO()
        labels = np.array(self.labels, dtype=np.str_)
        np.savez_compressed(out, labels=labels, weights=self.weights.astype(np.float16), bias=self.bias)
        return out.getvalue()


def from_bytes(saved: bytes) -> Linear:
    """What `as_bytes` made. Raises ValueError where it is none: nothing in it is ever run."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
        labels = tuple(map(str, arrays["labels"]))
        return Linear(labels, arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32))


def from_file(path: Path) -> Linear:
    """A classifier that Tandem comes with."""
    return from_bytes(path.read_bytes())
