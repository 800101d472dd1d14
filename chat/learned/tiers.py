"""Which questions the strong model is worth its price for, told from a question's outward signs."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from chat.learned import difficulty
from chat.learned.trees import Trees

SHARES: Final = 21  # points of the curve from no call to the strong model to every call


@dataclass(frozen=True)
class Point:
    """What a limit brings: the share of calls to the strong model, and the share of its gain that is kept."""

    limit: float
    calls: float
    kept: float
    kept_low: float  # of the 95 % interval
    kept_high: float


@dataclass(frozen=True)
class Router:
    """`gains` tells what the strong model gains on a question; `points` what each limit cost on held-out questions."""

    gains: Trees
    points: tuple[Point, ...]

    def gain(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """How much better the strong model's answer will be, 0…1 as the examples' quality; only its order counts."""
        return self.gains.predict(difficulty.signs(texts))

    def limit_for(self, kept: float) -> Point:
        """The point with the fewest strong calls that keeps this share of the strong model's gain."""
        return next((point for point in self.points if point.kept >= kept), self.points[-1])

    def as_bytes(self) -> bytes:
        """For a row; read back by `from_bytes`."""
        out = io.BytesIO()
        points = np.array([[p.limit, p.calls, p.kept, p.kept_low, p.kept_high] for p in self.points], np.float64)
        np.savez_compressed(out, allow_pickle=False, points=points, **self.gains.arrays())
        return out.getvalue()


def from_bytes(saved: bytes) -> Router:
    """What `as_bytes` made. Raises ValueError where it is none: nothing in it is ever run."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
        return Router(Trees.of(arrays), tuple(Point(*map(float, row)) for row in arrays["points"]))
