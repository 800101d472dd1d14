"""How probable it is that the first passage answers: a logistic function of the evidence, fitted on questions."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from django.db.models import F, Q, QuerySet

from supportsite.prepared import Prepared
from supportsite.sites.models import Site

from .candidates import Candidate
from .embed import MINILM
from .models import Recalibration

SHIPPED: Final = Path(__file__).with_name("answerable.json")
FEATURES: Final = ("e5", "minilm", "lead", "words", "words_lead", "words_each")


class Route(StrEnum):
    """By which models passages were found, and whether in the question's language; each has its own calibration."""

    BOTH = "both"
    MINILM = "minilm"
    E5 = "e5"
    ACROSS = "across"


# Which evidence each route has. Words in common mean little between languages.
USED: Final[Mapping[Route, tuple[str, ...]]] = {
    Route.BOTH: FEATURES,
    Route.MINILM: ("minilm", "lead", "words", "words_lead", "words_each"),
    Route.E5: ("e5", "lead", "words", "words_lead", "words_each"),
    Route.ACROSS: ("e5", "lead"),
}


@dataclass(frozen=True)
class Curve:
    """A logistic over the evidence: each feature moved by its mean, divided by its scale, and weighed."""

    bias: float
    weights: Mapping[str, float]
    means: Mapping[str, float]
    scales: Mapping[str, float]

    def probability(self, evidence: Mapping[str, float]) -> float:
        """Between 0 and 1."""
        parts = ((w, (evidence[name] - self.means[name]) / self.scales[name]) for name, w in self.weights.items())
        logit = self.bias + sum(weight * value for weight, value in parts)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


@dataclass(frozen=True)
class Calibration:
    """A curve for each route, and what the threshold costs: for each, the share of answers that were wrong."""

    curves: Mapping[Route, Curve]
    wrong_from: Sequence[tuple[float, float]]
    source: str = ""

    def probability(self, route: Route, seen: Mapping[str, float]) -> float:
        """How probable it is that the first passage answers; 0 where nothing was found."""
        return self.curves[route].probability(seen) if seen else 0.0

    def threshold(self, accepted: float) -> float:
        """The lowest threshold at which at most this share of the answers was wrong; 1.01, above all, where none is."""
        return next((threshold for threshold, wrong in self.wrong_from if wrong <= accepted), 1.01)

    def as_json(self) -> dict[str, Any]:
        """What `read` takes."""
        return {
            "source": self.source,
            "wrong_from": [list(pair) for pair in self.wrong_from],
            "curves": {
                route.value: {
                    "bias": c.bias,
                    "weights": dict(c.weights),
                    "means": dict(c.means),
                    "scales": dict(c.scales),
                }
                for route, c in self.curves.items()
            },
        }

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` gave. Raises KeyError or ValueError where that is something else."""
        curves = {Route(name): Curve(**curve) for name, curve in stored["curves"].items()}
        return cls(curves, [(float(t), float(w)) for t, w in stored["wrong_from"]], str(stored["source"]))


def evidence(ranked: Sequence[Candidate]) -> dict[str, float]:
    """The evidence in numbers, by the names of FEATURES. `ranked` is not empty, best first.

    The cosines of the first by each model, its lead over the next article, its lexical score, how far that is above the
    best few of other articles, and its BM25 for each of the question's terms.
    """
    first = ranked[0]
    others = [one for one in ranked if one.slug != first.slug]
    next_score = max((one.score for one in others), default=first.score - 0.1)
    return {
        # Of a model of the owner's choice too: `train answerable` fits the curve to it.
        "e5": next((cosine for model, cosine in first.cosines.items() if model != MINILM), 0.0),
        "minilm": first.cosines.get(MINILM, 0.0),
        "lead": first.score - next_score,
        "words": first.lexical,
        "words_lead": first.lexical - _best_few([one.lexical for one in others]),
        "words_each": first.each,
    }


def _best_few(values: Sequence[float]) -> float:
    """The mean of the best five, 0 for none."""
    best = sorted(values, reverse=True)[:5]
    return sum(best) / len(best) if best else 0.0


def route_of(ranked: Sequence[Candidate], *, across: bool) -> Route:
    """How these candidates were found."""
    if across:
        return Route.ACROSS
    models = ranked[0].cosines.keys() if ranked else ()
    return Route.BOTH if len(models) > 1 else Route.MINILM if MINILM in models else Route.E5


def shipped() -> Calibration:
    """What Tandem comes with, fitted by benchmarks/fit_answerable.py."""
    return Calibration.read(json.loads(SHIPPED.read_text("utf-8")))


_SHIPPED: Final = shipped()


def calibration_of(site: Site) -> Calibration:
    """The one that `manage.py train answerable` stored for the site, else for all sites, else what is shipped."""
    stored = _stored.first(site=site.pk)
    return Calibration.read(stored) if stored else _SHIPPED


def _compose_stored(site: int) -> "QuerySet[Recalibration, Any]":
    rows = Recalibration.objects.filter(Q(site=site) | Q(site=None)).order_by(F("site").desc(nulls_last=True))
    return rows.values_list("parameters", flat=True)[:1]


_stored: Final = Prepared(_compose_stored)


def threshold(site: Site) -> float:
    """From this probability on the assistant answers on this site."""
    return calibration_of(site).threshold(site.accepted_wrong)
