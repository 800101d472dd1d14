"""What routing some of the calls to the strong model brings: the measures of a router, for any order of questions.

As RouteLLM (Ong et al., 2024) defines them. The gap is what the strong model's answers are better by, on average; the
gap recovered at a share of calls is what is gained where the strong model gets that share, the highest scores first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Calls:
    """Questions with the quality of either model's answer and what either call costs."""

    light: Numbers
    strong: Numbers
    light_cost: Numbers
    strong_cost: Numbers


def recovered(scores: Numbers, calls: Calls) -> Numbers:
    """The gap recovered with 0, 1, 2 … all calls to the strong model; NaN where there is no gap.

    Of equal scores nobody knows which comes first: each brings their mean.
    """
    gain = calls.strong - calls.light
    if gain.sum() <= 0:
        return np.full(len(gain) + 1, np.nan)
    return np.concatenate([[0.0], np.cumsum(_in_order(scores, gain))]) / gain.sum()


def apgr(curve: Numbers) -> float:
    """The mean of the gap recovered over all shares of calls: .5 for a router that knows nothing."""
    return float(((curve[1:] + curve[:-1]) / 2).mean())


def call_share(curve: Numbers, wanted: float) -> float:
    """The smallest share of calls to the strong model that recovers `wanted` of the gap."""
    if np.isnan(curve).any():
        return float("nan")
    return float(np.argmax(curve >= wanted - 1e-9) / (len(curve) - 1))


def saved(scores: Numbers, calls: Calls, kept: float) -> float:
    """The share of the strong model's cost that is saved while keeping `kept` of its quality."""
    gain, rows = calls.strong - calls.light, len(scores)
    quality = np.concatenate([[0.0], np.cumsum(_in_order(scores, gain))]) + calls.light.sum()
    extra = _in_order(scores, calls.strong_cost - calls.light_cost)
    cost = np.concatenate([[0.0], np.cumsum(extra)]) + calls.light_cost.sum()
    whole = float(calls.strong_cost.sum())
    if not rows or whole <= 0:
        return float("nan")
    enough = cost[quality >= kept * calls.strong.sum() - 1e-9]
    return float(max(0.0, 1 - enough.min() / whole))


def _in_order(scores: Numbers, values: Numbers) -> Numbers:
    """`values` from the highest score down, those of equal scores replaced by their mean."""
    _kinds, kind = np.unique(scores, return_inverse=True)
    mean = np.bincount(kind, values) / np.bincount(kind)
    return np.asarray(mean[kind][np.argsort(-scores, kind="stable")])
