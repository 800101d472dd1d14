"""`manage.py replay`: an owner's past conversations walked again, and what each threshold would have done with them."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from chat import band, walk
from chat.assistant.transcript import Role
from chat.band import Beat, Proposal, Standing
from chat.evaluation import escalation
from chat.signals.feeling import NOTHING_OWN, Own
from chat.walk import Spoken, Vectors
from chat.weighing import Policy
from knowledge import labelled, measures
from knowledge.evaluation import Result, Run

OUTCOMES: Final = ("resolved", "escalated", "abandoned")
TABLE: Final = (0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99)
_AT_ONCE: Final = 200
_ROLES: Final = {"customer": Role.VISITOR, "assistant": Role.ASSISTANT, "agent": Role.AGENT}


def _is_time(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _are_messages(value: Any) -> bool:
    if not escalation.MESSAGES.fits(value):
        return False
    return all("at" not in one or one["at"] is None or _is_time(one["at"]) for one in value)


FIELDS: Final = {
    "id": labelled.Field(
        "a text that is not empty, or a whole number",
        lambda value: (isinstance(value, str) and bool(value.strip())) or type(value) is int,
    ),
    "messages": replace(
        escalation.MESSAGES,
        expected=f"{escalation.MESSAGES.expected}; at, where there is one, in ISO 8601",
        fits=_are_messages,
    ),
    "outcome": labelled.Field(
        "resolved, escalated or abandoned", lambda value: value is None or value in OUTCOMES, required=False
    ),
}


@dataclass(frozen=True)
class Replayed:
    """Conversations with what spoke for a person in each, and how each stands under the weights."""

    rows: Sequence[Mapping[str, Any]]
    beats: Sequence[Sequence[Beat]]
    standings: Sequence[Standing]

    def proposal(self, in_use: float) -> Proposal | None:
        """The threshold that they choose for the band."""
        return band.propose(self._items(), in_use)

    @property
    def are_too_few(self) -> bool:
        """Whether they are of fewer conversations than a proposal takes."""
        return band.number_of(self._items()) < band.FEWEST

    def at(self, threshold: float) -> dict[str, float]:
        """Rate with its interval, and precision and recall of `escalated` over the rows that have an outcome."""
        called = band.rate(self.standings, threshold)
        judged = [(row["outcome"], one.called(threshold)) for row, one in self._with_outcome()]
        truth, said = [outcome == "escalated" for outcome, _called in judged], [called for _outcome, called in judged]
        left = [called for outcome, called in judged if outcome == "abandoned"]
        return {
            "threshold": threshold,
            "rate": called.share,
            "rate_low": called.low,
            "rate_high": called.high,
            "precision": measures.precision(truth, said) if judged else float("nan"),
            "recall": measures.recall(truth, said) if judged else float("nan"),
            "abandoned_called": statistics.fmean(left) if left else float("nan"),
        }

    def measures(self, threshold: float) -> dict[str, float]:
        """The figures that `--out` has, with the threshold that is in use."""
        proposed = self.proposal(threshold)
        judged = list(self._with_outcome())
        truth = [row["outcome"] == "escalated" for row, _one in judged]
        scores = [2.0 if one.hard else one.score for _row, one in judged]
        found = self.at(threshold) | {
            "hard": statistics.fmean(one.hard for one in self.standings),
            "auroc": measures.auroc(truth, scores) if judged else float("nan"),
            "proposed": proposed.threshold if proposed else float("nan"),
        }
        if proposed is None:
            return found
        there, elsewhere = self.at(proposed.threshold), proposed.elsewhere
        return found | {
            "proposed_rate_chosen_on": proposed.chosen_on.share,
            "proposed_rate": elsewhere.middle,
            "proposed_rate_low": elsewhere.low,
            "proposed_rate_high": elsewhere.high,
            "proposed_precision": there["precision"],
            "proposed_recall": there["recall"],
        }

    def _items(self) -> list[tuple[str, Standing]]:
        return [(str(row["id"]), one) for row, one in zip(self.rows, self.standings, strict=True)]

    def _with_outcome(self) -> list[tuple[Mapping[str, Any], Standing]]:
        return [(row, one) for row, one in zip(self.rows, self.standings, strict=True) if row.get("outcome")]


def read(data: Path) -> list[dict[str, Any]]:
    """The conversations of a file. Raises BadLine before any work."""
    return labelled.read(data, FIELDS)


def replay(run: Run, policy: Policy, *, own: Own = NOTHING_OWN, spoken: str = "en") -> Replayed:
    """All of them, or those that the run chooses, walked. Raises BadLine before any work."""
    rows = run.chosen(read(run.data))
    vectors, bar = Vectors(), run.bar("replay")
    beats: list[list[Beat]] = []
    for start in range(0, len(rows), _AT_ONCE):
        some = [lines_of(row["messages"]) for row in rows[start : start + _AT_ONCE]]
        beats += walk.walk(some, policy, vectors, own=own, spoken=spoken)
        bar(len(beats), len(rows))
    return Replayed(rows, beats, [band.standing(one, policy) for one in beats])


def lines_of(messages: Sequence[Mapping[str, Any]]) -> list[Spoken]:
    """A row's messages. Where only a person answered, they stand for the assistant: else nothing could be judged."""
    roles = [_ROLES[one["from"]] for one in messages]
    if Role.ASSISTANT not in roles:
        roles = [Role.ASSISTANT if role == Role.AGENT else role for role in roles]
    return [Spoken(at, role, one["text"]) for at, (role, one) in enumerate(zip(roles, messages, strict=True), start=1)]


def result(replayed: Replayed, run: Run, policy: Policy, settings: Mapping[str, Any]) -> Result:
    """What `--out` writes: the measures at the threshold in use, and the table among the settings."""
    table = [replayed.at(threshold) for threshold in thresholds(replayed, policy)]
    used = {"limit": run.limit, "seed": run.seed, "weights": dict(policy.weights), "table": _finite(table)}
    return Result(
        replayed.measures(policy.threshold), len(replayed.rows), labelled.digest([run.data]), used | dict(settings)
    )


def thresholds(replayed: Replayed, policy: Policy) -> list[float]:
    """Those of the table, with the one in use and the one proposed."""
    proposed = replayed.proposal(policy.threshold)
    return sorted({*TABLE, policy.threshold, *([proposed.threshold] if proposed else [])})


def _finite(table: Sequence[Mapping[str, float]]) -> list[dict[str, float | None]]:
    return [{name: None if value != value else round(value, 4) for name, value in row.items()} for row in table]
