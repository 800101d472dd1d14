"""Which questions the strong model is worth its price for, told from a question's outward signs."""

import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from chat.learned import difficulty
from chat.learned.trees import Trees

SHARES: Final = 21  # points of the curve from no call to the strong model to every call


@dataclass(frozen=True)
class Point:
    """What a limit brings on held-out questions; `low` and `high` are the ends of a 95 % interval.

    `calls` is the share of calls to the strong model, `kept` the share of its gain, `quality` that of its quality, and
    `saved` the share of the money that asking it alone would cost. What was trained before these were kept has NaN.
    """

    limit: float
    calls: float
    kept: float
    kept_low: float
    kept_high: float
    quality: float = float("nan")
    quality_low: float = float("nan")
    quality_high: float = float("nan")
    saved: float = float("nan")
    saved_low: float = float("nan")
    saved_high: float = float("nan")


@dataclass(frozen=True)
class Router:
    """`gains` tells what the strong model gains on a question; `points` what each limit cost on held-out questions."""

    gains: Trees
    points: tuple[Point, ...]

    def gain(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """How much better the strong model's answer will be, 0…1 as the examples' quality; only its order counts."""
        return self.gains.predict(difficulty.signs(texts))

    def limit_for(self, quality: float) -> Point:
        """The point with the fewest strong calls that keeps this share of the strong model's quality."""
        return next((point for point in self.points if point.quality >= quality), self.points[-1])

    def as_bytes(self) -> bytes:
        """For a row; read back by `from_bytes`."""
        out = io.BytesIO()
        points = np.array([astuple(point) for point in self.points], np.float64)
        np.savez_compressed(out, allow_pickle=False, points=points, **self.gains.arrays())
        return out.getvalue()


def from_bytes(saved: bytes) -> Router:
    """What `as_bytes` made. Raises ValueError where it is none: nothing in it is ever run."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
        return Router(Trees.of(arrays), tuple(Point(*map(float, row)) for row in arrays["points"]))
