"""How probable it is that the first passage answers: a logistic function of the evidence, fitted on questions."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from .lexical import terms

PARAMETERS = Path(__file__).with_name("answerable.json")
FEATURES = ("similarity", "score", "lead", "crowd", "covered", "titled", "words")


class Route(StrEnum):
    """How passages were found; each has its own calibration."""

    MINILM = "minilm"
    E5 = "e5"
    ACROSS = "across"


class Evidence(Protocol):
    """What is looked at of a passage."""

    @property
    def slug(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def heading(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def similarity(self) -> float: ...


@dataclass(frozen=True)
class Calibration:
    """Weights over FEATURES, each first moved by `means` and divided by `scales`."""

    bias: float
    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]

    def probability(self, values: Sequence[float]) -> float:
        """The logistic of the weighted, standardised features."""
        parts = zip(values, self.means, self.scales, self.weights, strict=True)
        logit = self.bias + sum(weight * (value - mean) / scale for value, mean, scale, weight in parts)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def features(question: str, passages: Sequence[Evidence]) -> tuple[float, ...]:
    """The evidence in numbers, in the order of FEATURES. `passages` is not empty, best first."""
    first = passages[0]
    others = [p.score for p in passages if p.slug != first.slug]
    asked = terms(question)
    share = 1 / (len(asked) or 1)
    return (
        first.similarity,
        first.score,
        first.score - (max(others) if others else first.score - 0.1),
        sum(p.similarity for p in passages) / len(passages),
        len(asked & terms(f"{first.title} {first.heading} {first.text}")) * share,
        len(asked & terms(f"{first.title} {first.heading}")) * share,
        math.log1p(len(asked)),
    )


def probability(question: str, passages: Sequence[Evidence], route: Route) -> float:
    """The probability that the first passage answers the question; 0 without passages."""
    if not passages:
        return 0.0
    return _CALIBRATIONS[route].probability(features(question, passages))


def _read() -> tuple[float, dict[Route, Calibration]]:
    stored = json.loads(PARAMETERS.read_text("utf-8"))
    calibrations = {
        Route(name): Calibration(
            bias=row["bias"], weights=tuple(row["weights"]), means=tuple(row["means"]), scales=tuple(row["scales"])
        )
        for name, row in stored["routes"].items()
    }
    return float(stored["threshold"]), calibrations


# From this probability on the assistant answers. Fitted by benchmarks/fit_answerable.py on the tuning questions.
THRESHOLD, _CALIBRATIONS = _read()
