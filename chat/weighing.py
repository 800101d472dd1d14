"""One score from all that speaks for a person, one threshold for it, and what the site gives each reason. Pure.

Hard reasons call whatever the threshold is. Each soft one says how much it speaks, 0 to 1, by its own evidence; the
site's weight multiplies that; together they are the score.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, Self

# Whoever asked for a person, is in danger, or met an assistant that failed gets one at any threshold.
VALUE: Final = "value"
HARD: Final = frozenset({"asked", "sensitive", "failed", "paused"})
# The assistant was not to answer: paused, or the customer is left to people. This says nothing of what was written.
SILENCED: Final = frozenset({"paused", "away"})
SOFT: Final = ("angry", "shouting", "stuck", "unknown", VALUE)
# What ships as the threshold. Each soft reason's evidence is put on this scale: .85 is where it calls by itself.
ENOUGH: Final = 0.85
# From here on a reason adds to the heaviest one: below, everybody shows a little of everything.
HEARD: Final = 0.5
# What an important customer's value says: with another reason that is only just heard it is a little more than ENOUGH.
VALUED: Final = 0.71


@dataclass(frozen=True)
class Reason:
    """Why a person is called: a code of the design, its weight (1 is enough by itself), and the words or figure."""

    code: str
    weight: float
    evidence: str

    def as_json(self) -> dict[str, object]:
        """The form in which an escalation row keeps it."""
        return {"code": self.code, "weight": round(self.weight, 3), "evidence": self.evidence}


class _Site(Protocol):
    escalation_threshold: float
    reason_weights: dict[str, float]
    mood_threshold: float
    alarm_words: list[str]
    sensitive_topics: list[str]
    sensitive_words: list[str]
    value_from: float | None
    value_rule: str


@dataclass(frozen=True)
class Policy:
    """What a site says of calling a person: the threshold, weights by reason (1 where none is given), and its words.

    `mood` is the weighted mood at which low spirits alone are enough at the threshold that ships. Who is worth
    `value_from` is important; with `value_at_once` they get a person whatever they write about.
    """

    threshold: float = ENOUGH
    weights: Mapping[str, float] = field(default_factory=dict)
    mood: float = -0.5
    alarm_words: Sequence[str] = ()
    topics: Sequence[str] | None = None  # None: all that there are
    sensitive_words: Sequence[str] = ()
    value_from: float | None = None
    value_at_once: bool = False

    @classmethod
    def of(cls, site: _Site) -> Self:
        """That of a row of `sites`."""
        return cls(
            threshold=site.escalation_threshold,
            weights=site.reason_weights,
            mood=site.mood_threshold,
            alarm_words=tuple(site.alarm_words),
            topics=tuple(site.sensitive_topics),
            sensitive_words=tuple(site.sensitive_words),
            value_from=site.value_from,
            value_at_once=site.value_rule == "always",
        )


def valued(value: float | None, policy: Policy) -> tuple[Reason, ...]:
    """What speaks for a person in who it is: a verified customer of at least so much value; never what they write."""
    if value is None or policy.value_from is None or value < policy.value_from:
        return ()
    return (Reason(VALUE, VALUED, f"{value:.15g} ≥ {policy.value_from:.15g}"),)


def scaled(value: float, at: float) -> float:
    """A figure of 0 to 1 on the common scale: 0 stays 0, `at` becomes ENOUGH, 1 stays 1."""
    value = min(max(value, 0.0), 1.0)
    return ENOUGH * value / at if value < at else 1.0 - (1.0 - ENOUGH) * (1.0 - value) / max(1.0 - at, 1e-9)


def weigh(reasons: Iterable[Reason], policy: Policy) -> tuple[Reason, ...]:
    """Each reason once, with what it counts on this site: the heaviest of those with one code, in their order.

    A customer's value says nothing by itself: it counts beside another soft reason that is heard.
    """
    found: dict[str, Reason] = {}
    for reason in reasons:
        by = 1.0 if reason.code in HARD else policy.weights.get(reason.code, 1.0)
        counted = replace(reason, weight=min(1.0, by * reason.weight))
        if reason.code not in found or counted.weight > found[reason.code].weight:
            found[reason.code] = counted
    others = (one.weight for one in found.values() if one.code != VALUE and one.code not in HARD)
    if max(others, default=0.0) < HEARD:
        found.pop(VALUE, None)
    return tuple(found.values())


def score(weighed: Iterable[Reason]) -> float:
    """How much the soft reasons say together, 0 to 1: none of those that are heard would have to be wrong alone."""
    counts = sorted((reason.weight for reason in weighed if reason.code not in HARD), reverse=True)
    return 1.0 - math.prod(1.0 - count for at, count in enumerate(counts) if at == 0 or count >= HEARD)


def calling(reasons: Iterable[Reason], policy: Policy) -> tuple[Reason, ...]:
    """The reasons for which a person is called now; none where the assistant may go on."""
    weighed = weigh(reasons, policy)
    enough = score(weighed) >= policy.threshold
    if not enough and not any(reason.code in HARD for reason in weighed):
        return ()
    alone = any(reason.code in HARD or reason.weight >= policy.threshold for reason in weighed)
    from_here = policy.threshold if alone else HEARD
    return tuple(reason for reason in weighed if reason.code in HARD or reason.weight >= from_here)
