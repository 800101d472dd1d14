"""Fits the calibration of `answerable.py` on questions whose relevant articles are known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from .answerable import USED, Calibration, Curve, Route
from .labelled import Unusable

Numbers = npt.NDArray[np.float64]

FOLDS: Final = 10
# For what is shipped: so strong that the signals weigh nearly alike. A freer fit is a little better on the kind of
# articles that it was fitted on, and worse on others (docs/retrieval.md).
FOR_ALL: Final = 1000.0
# For a site's own questions, which are like those that it will be asked.
FOR_ONE: Final = 3.0
FEWEST: Final = 30
_SEED: Final = 7


@dataclass(frozen=True)
class Example:
    """One look for one question: its evidence, and whether the first passage was of a relevant article."""

    question: int
    route: Route
    evidence: Mapping[str, float]
    right: bool
    weight: float = 1.0


class TooFew(Unusable):
    """There are not enough questions, or they are all of one kind."""


def fit(examples: Sequence[Example], ridge: float) -> Curve:
    """A logistic regression with a `ridge` on the standardised evidence, then stretched to be calibrated (Platt, 1999).

    Raises TooFew for fewer than FEWEST examples, or where all are right or all wrong.
    """
    right = np.array([one.right for one in examples], float)
    if len(right) < FEWEST or right.min() == right.max():
        raise TooFew(f"{len(right)} questions, {int(right.sum())} of them answered by what is found first")
    names = USED[examples[0].route]
    values = np.array([[one.evidence[name] for name in names] for one in examples])
    means, scales = values.mean(0), np.maximum(values.std(0), 1e-6)
    weights = np.array([one.weight for one in examples])
    standard = (values - means) / scales
    slope = _logistic(standard, right, weights, ridge)[1:]
    slope /= np.linalg.norm(slope)
    bias, stretch = _logistic((standard @ slope)[:, None], right, weights, 1e-3)
    return Curve(
        float(bias),
        dict(zip(names, (slope * stretch).tolist(), strict=True)),
        dict(zip(names, means.tolist(), strict=True)),
        dict(zip(names, scales.tolist(), strict=True)),
    )


def calibrate(
    examples: Sequence[Example],
    source: str,
    *,
    ridge: float = FOR_ONE,
    shipped: Calibration | None = None,
    asked: Sequence[Example] | None = None,
) -> Calibration:
    """A curve for each route that has enough examples, the shipped one for the others, and what each threshold costs.

    That is told by curves that had not seen the question, over the looks in `asked` (else all). Raises TooFew where no
    route has enough.
    """
    curves = dict(shipped.curves) if shipped else {}
    fitted = {}
    for route in Route:
        mine = [one for one in examples if one.route is route]
        if len(mine) >= FEWEST and len({one.right for one in mine}) == 2:
            fitted[route] = fit(mine, ridge)
    if not fitted:
        raise TooFew(f"at least {FEWEST} questions are needed, some with an article that answers and some without")
    asked = examples if asked is None else asked
    return Calibration(curves | fitted, costs(asked, left_out(asked, examples, curves | fitted, ridge)), source)


def left_out(
    asked: Sequence[Example], examples: Sequence[Example], curves: Mapping[Route, Curve], ridge: float
) -> list[float]:
    """The probability of each by a curve that has not seen its question; by `curves` where too few others are left."""
    order = np.random.default_rng(_SEED).permutation(max(one.question for one in examples) + 1)
    fold_of = {int(question): place % FOLDS for place, question in enumerate(order)}
    made: dict[tuple[Route, int], Curve] = {}
    for route in Route:
        for fold in range(FOLDS):
            rest = [one for one in examples if one.route is route and fold_of[one.question] != fold]
            enough = len(rest) >= FEWEST and len({one.right for one in rest}) == 2
            made[route, fold] = fit(rest, ridge) if enough or route not in curves else curves[route]
    return [made[one.route, fold_of[one.question]].probability(one.evidence) for one in asked]


def costs(examples: Sequence[Example], probabilities: Sequence[float]) -> list[tuple[float, float]]:
    """For each threshold the share of the answers that would be wrong: the first look that reaches it answers."""
    looks: dict[int, list[tuple[float, bool, float]]] = {}
    for one, probability in zip(examples, probabilities, strict=True):
        looks.setdefault(one.question, []).append((probability, one.right, one.weight))
    pairs = []
    for threshold in np.arange(0.05, 1.0, 0.01):
        first = [next((look for look in mine if look[0] >= threshold), None) for mine in looks.values()]
        answers = [look for look in first if look]
        if answers:
            wrong = sum(weight for _p, right, weight in answers if not right) / sum(
                weight for *_rest, weight in answers
            )
            pairs.append((round(float(threshold), 2), round(float(wrong), 4)))
    return pairs


def _logistic(values: Numbers, right: Numbers, weights: Numbers, ridge: float) -> Numbers:
    """Bias and weights by Newton's method; the bias is not held back."""
    design = np.hstack([np.ones((len(values), 1)), values])
    penalty = np.diag([0.0] + [ridge] * values.shape[1])
    found = np.zeros(design.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(design @ found, -30, 30)))
        slope = design.T @ (weights * (right - p)) - penalty @ found
        curve = design.T @ (design * (weights * p * (1 - p))[:, None]) + penalty
        found = found + np.linalg.solve(curve, slope)
    return found
