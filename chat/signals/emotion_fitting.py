"""A site's own reader of emotions, from its owner's sentences: fitted beside what Tandem has, judged held out.

Only workers and commands come here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from chat.learned.linear import Matrix
from chat.signals import fit, texts
from chat.signals.texts import Head
from knowledge.embed import E5, MINILM, available, named

Progress = Callable[[int, int], None]
FOLDS: Final = 5
FEWEST: Final = 2  # sentences of an emotion
EMOTIONS: Final = frozenset({"anger", "fear", "sadness", "confusion", "joy", "neutral"})


class TooFew(Exception):
    """An emotion has too few sentences."""


@dataclass(frozen=True)
class Row:
    """A sentence, what it is an example of, its language, and whether the owner wrote it."""

    text: str
    emotion: str
    language: str
    own: bool


@dataclass(frozen=True)
class Held:
    """How many of the owner's sentences are read rightly, each by a fit without it, and by what ships."""

    rows: int
    own: int
    accuracy: float
    accuracy_shipped: float


def train(rows: Sequence[Row], progress: Progress) -> tuple[dict[str, Head], Held]:
    """The head of each model for all rows, and the figures on the owner's. Raises TooFew, ModelUnavailable."""
    counted = {name: sum(row.emotion == name for row in rows) for name in EMOTIONS}
    if min(counted.values()) < FEWEST:
        raise TooFew
    said = [row.text for row in rows]
    vectors = {model: named(model).matrix(said, "query") for model in (MINILM, E5) if available(model)}
    mine = np.random.default_rng(0).permutation([at for at, row in enumerate(rows) if row.own])
    right = 0
    for part in range(FOLDS):
        held = set(mine[part::FOLDS].tolist())
        if held:
            heads = _fit(rows, vectors, [at for at in range(len(rows)) if at not in held])
            right += _right(rows, vectors, held, heads)
        progress(part + 1, FOLDS + 1)
    made = _fit(rows, vectors, range(len(rows)))
    progress(FOLDS + 1, FOLDS + 1)
    own = len(mine)
    shipped = _right(rows, vectors, mine.tolist(), {})
    shares = (right / own, shipped / own) if own else (float("nan"), float("nan"))
    return made, Held(len(rows), own, *shares)


def _fit(rows: Sequence[Row], vectors: Mapping[str, Matrix], places: Sequence[int]) -> dict[str, Head]:
    """A head a model; MiniLM learns English alone, and is left to what ships where an emotion has none."""
    heads = {}
    for model, found in vectors.items():
        chosen = [at for at in places if model == E5 or rows[at].language == "en"]
        labels = [rows[at].emotion for at in chosen]
        if EMOTIONS.issubset(labels):
            heads[model] = fit.emotion_head(model, [rows[at].text for at in chosen], labels, found[chosen])
    return heads


def _right(
    rows: Sequence[Row], vectors: Mapping[str, Matrix], places: Sequence[int] | set[int], heads: Mapping[str, Head]
) -> int:
    """How many of the rows at these places are read as what they are, each by the model of its language."""
    found = 0
    for at in places:
        model = texts.model_for("emotion", rows[at].language)
        head = heads.get(model) or texts.shipped("emotion", model)
        read = head.probabilities([rows[at].text], vectors[model][at][None])[0]
        found += head.labels[int(read.argmax())] == rows[at].emotion
    return found
