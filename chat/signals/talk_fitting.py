"""A site's own reader of conversations, from its agents' verdicts: fitted beside our exemplars, judged held out.

Few verdicts are all there is at first, and what is fitted on one kind of talk transfers badly: our dialogues keep it
near what ships. Only workers and commands come here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from chat.signals import conversations, exemplars, fit
from chat.signals.conversations import Reader
from chat.signals.dialogue import Said
from chat.weighing import ENOUGH
from knowledge import measures

Progress = Callable[[int, int], None]
FOLDS: Final = 5
FEWEST: Final = 10  # rows
OF_EACH: Final = 4
# As what ships: a probability has to reach the threshold (benchmarks/fit_signals.py).
_C: Final = 0.01


class TooFew(Exception):
    """There are too few rows, or too few of one kind."""


@dataclass(frozen=True)
class Row:
    """The lines up to where a person was called or not, and whether that was needed."""

    lines: Sequence[Said]
    needed: bool


@dataclass(frozen=True)
class Held:
    """How well held-out rows are told apart, each by a fit without it, and what ships does with the same rows.

    `precision` and `recall` are at the score that counts as enough by itself, .85.
    """

    rows: int
    needed: int
    auroc: float
    auroc_shipped: float
    precision: float
    precision_shipped: float
    recall: float
    recall_shipped: float


def train(rows: Sequence[Row], progress: Progress) -> tuple[Reader, Held]:
    """The reader of all rows, and the figures of `FOLDS` readers on what each had not seen. Raises TooFew."""
    truth = [row.needed for row in rows]
    if len(rows) < FEWEST or min(sum(truth), len(rows) - sum(truth)) < OF_EACH:
        raise TooFew
    ours = [Row(one.lines, one.label == "dissatisfied") for one in exemplars.dialogues("dissatisfaction")]
    scores = np.zeros(len(rows))
    for number, held in enumerate(_folds(truth), start=1):
        rest = [row for at, row in enumerate(rows) if at not in held]
        scores[held] = _fit([*rest, *ours]).dissatisfied([rows[at].lines for at in held])
        progress(number, FOLDS + 1)
    shipped = conversations.shipped().dissatisfied([row.lines for row in rows])
    made = _fit([*rows, *ours])
    progress(FOLDS + 1, FOLDS + 1)
    own, theirs = [float(one) for one in scores], [float(one) for one in shipped]
    said, said_shipped = [one >= ENOUGH for one in own], [one >= ENOUGH for one in theirs]
    return made, Held(
        rows=len(rows),
        needed=sum(truth),
        auroc=measures.auroc(truth, own),
        auroc_shipped=measures.auroc(truth, theirs),
        precision=measures.precision(truth, said),
        precision_shipped=measures.precision(truth, said_shipped),
        recall=measures.recall(truth, said),
        recall_shipped=measures.recall(truth, said_shipped),
    )


def _fit(rows: Sequence[Row]) -> Reader:
    return fit.reader([row.lines for row in rows], [row.needed for row in rows], c=_C)


def _folds(truth: Sequence[bool]) -> list[list[int]]:
    """Places in FOLDS parts by chance, each with its share of either kind."""
    order = np.random.default_rng(0).permutation(len(truth))
    sorted_by_kind = sorted(order.tolist(), key=lambda at: truth[at])
    return [sorted_by_kind[part::FOLDS] for part in range(FOLDS)]
