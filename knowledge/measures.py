"""How well something is told apart, as figures. Pure."""

import statistics
from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt

Flags = Sequence[bool] | npt.NDArray[np.bool_]
Figures = Sequence[float] | npt.NDArray[np.float32]


def f1(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """The harmonic mean of precision and recall; 0 where nothing is right."""
    right = sum(t and s for t, s in zip(truth, said, strict=True))
    return 2 * right / max(sum(truth) + sum(said), 1)


def macro_f1(truth: Sequence[object], said: Sequence[object], labels: Collection[object]) -> float:
    """The mean of each label's F1."""
    return statistics.fmean(f1([t == one for t in truth], [s == one for s in said]) for one in labels)


def precision(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """The share of what was said that is true; NaN where nothing was."""
    return _share([t for t, s in zip(truth, said, strict=True) if s])


def recall(truth: Sequence[bool], said: Sequence[bool]) -> float:
    """The share of what is true that was said; NaN where nothing is."""
    return _share([s for t, s in zip(truth, said, strict=True) if t])


def auroc(truth: Flags, scores: Figures) -> float:
    """How often a true one has the higher score than a false one, ties counting half; NaN where all are of one kind."""
    true = np.array(truth, bool)
    if true.all() or not true.any():
        return float("nan")
    _values, place, counts = np.unique(np.asarray(scores), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    wins = ranks[true].sum() - true.sum() * (true.sum() + 1) / 2
    return float(wins / (true.sum() * (~true).sum()))


def at_share(scores: Sequence[float], share: float) -> float:
    """The score from which on this share of all lies: the threshold that lets so many through."""
    ordered = sorted(scores, reverse=True)
    return ordered[max(0, round(share * len(ordered)) - 1)]


def milliseconds(spent: Sequence[float]) -> dict[str, float]:
    """The median and the 99th percentile."""
    ordered = sorted(spent)
    return {"ms_p50": statistics.median(ordered), "ms_p99": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]}


def _share(flags: Sequence[bool]) -> float:
    return statistics.fmean(flags) if flags else float("nan")
