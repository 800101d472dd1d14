"""Trains the router between tiers on questions that both models have answered, and says what it brings."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from chat.learned import difficulty, fitting, gain
from chat.learned.gain import Calls, Numbers
from chat.learned.linear import Matrix
from chat.learned.tiers import SHARES, Point, Router

FOLDS: Final = 5
SIZES: Final = (30, 100, 250)  # trees; which does best is chosen on held-out questions
FEWEST: Final = 40
_SEED: Final = 3
_DRAWS: Final = 200  # of the bootstrap, for intervals
_NAN: Final = float("nan")
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


class TooFew(ValueError):
    """There are fewer than FEWEST questions, or the strong model is no better on them."""


@dataclass(frozen=True)
class Held:
    """What was measured on questions that were held out."""

    rows: int
    apgr: float
    saved_at_95: float
    trees: int


def train(texts: Sequence[str], calls: Calls) -> tuple[Router, Held]:
    """The router and its held-out figures. Raises TooFew."""
    wanted = calls.strong - calls.light
    if len(texts) < FEWEST or wanted.sum() <= 0:
        raise TooFew
    rows = difficulty.signs(texts)
    held = _held_out(rows, wanted)
    size = max(SIZES, key=lambda one: gain.apgr(gain.recovered(held[one], calls)))
    scores = held[size]
    figures = Held(len(texts), gain.apgr(gain.recovered(scores, calls)), gain.saved(scores, calls, 0.95), size)
    return Router(fitting.fit_trees(rows, wanted, trees=size), _points(scores, calls)), figures


def _held_out(rows: Matrix, wanted: Numbers) -> dict[int, Numbers]:
    """By number of trees, what is said of each question by trees that have not seen it."""
    fold = np.random.default_rng(_SEED).permutation(len(rows)) % FOLDS
    said = {size: np.zeros(len(rows)) for size in SIZES}
    for number in range(FOLDS):
        learn = fold != number
        made = fitting.fit_trees(rows[learn], wanted[learn], trees=max(SIZES))
        for size, values in said.items():
            values[~learn] = made.first(size).predict(rows[~learn])
    return said


def _points(scores: Numbers, calls: Calls) -> tuple[Point, ...]:
    """What each limit costs and keeps, with the intervals that drawing the questions again gives."""
    random = np.random.default_rng(_SEED)
    ordered = np.sort(scores)[::-1]
    draws = [random.integers(0, len(scores), len(scores)) for _ in range(_DRAWS)]
    made = []
    for share in np.linspace(0, 1, SHARES):
        number = round(share * len(scores))
        limit = float(ordered[number - 1]) if number else float(ordered[0]) + 1.0
        sent = scores >= limit
        again = np.array([_brought(calls, sent, draw) for draw in draws])
        low, high = np.nanpercentile(again, [2.5, 97.5], axis=0)
        told = zip(_brought(calls, sent, np.arange(len(scores))), low, high, strict=True)
        made.append(Point(limit, float(sent.mean()), *(float(value) for three in told for value in three)))
    return tuple(made)


def _brought(calls: Calls, sent: Flags, rows: Places) -> tuple[float, float, float]:
    """Of these rows, with those that are `sent` to the strong model: gain kept, quality kept, money saved."""
    strong, light, sent = calls.strong[rows], calls.light[rows], sent[rows]
    gap, best, dearest = float((strong - light).sum()), float(strong.sum()), float(calls.strong_cost[rows].sum())
    cost = float(np.where(sent, calls.strong_cost[rows], calls.light_cost[rows]).sum())
    kept = float((strong - light)[sent].sum()) / gap if gap > 0 else _NAN
    quality = float(np.where(sent, strong, light).sum()) / best if best > 0 else _NAN
    return kept, quality, 1 - cost / dearest if dearest > 0 else _NAN
