"""Fits what reads texts and conversations: on our exemplars for what ships, on an owner's rows for `--train`.

Only commands and workers come here.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from chat.learned import fitting, odds
from chat.learned.linear import Linear, Matrix
from chat.signals import conversations, texts
from chat.signals.conversations import Reader
from chat.signals.dialogue import Said, matrix
from chat.signals.texts import Head
from knowledge.embed import MINILM

# How freely the weights of texts may move. Chosen on 2,500 tweets of mood-tweeteval (docs/escalation.md).
TEXTS_C: Final = 3.0
# Conversations of one kind transfer badly to another: hardly free at all.
CONVERSATIONS_C: Final = 0.001
# How freely e5's may, where an emotion or an attack is told by them alone: read as probabilities against a threshold,
# which a tight fit on so few lines never reaches.
FEW_C: Final = 30.0


def head(
    rows: Sequence[str],
    labels: Sequence[str],
    vectors: Matrix,
    *,
    balanced: bool = True,
    words: bool = True,
    centred: bool = False,
    c: float = TEXTS_C,
) -> Head:
    """A classifier of texts. Raises ValueError with fewer than two labels.

    Without `words` it reads vectors alone: what it is to know of languages that no row is in. `centred`: vectors around
    their mean and of one size, so that `c` means the same for every model.
    """
    found = texts.features(rows, vectors, odds.crossed(rows, labels)) if words else vectors
    made = fitting.fit(found, labels, c=c, balanced=balanced, vectors=vectors.shape[1] if centred else 0)
    return Head(made, odds.count(rows, labels) if words else None)


def emotion_head(model: str, rows: Sequence[str], labels: Sequence[str], vectors: Matrix) -> Head:
    """A reader of emotions as what ships: MiniLM's with VADER's figures and the words beside its vectors, e5's without.

    Raises ValueError with fewer than two labels.
    """
    return head(rows, labels, vectors) if model == MINILM else head(rows, labels, vectors, words=False, c=FEW_C)


def reader(rows: Sequence[Sequence[Said]], dissatisfied: Sequence[bool], *, c: float = CONVERSATIONS_C) -> Reader:
    """A reader of conversations. Raises ValueError where all are alike."""
    labels = [str(flag) for flag in dissatisfied]
    mine, theirs = conversations.last_lines(rows)
    figures = np.concatenate([matrix(rows), *(odds.crossed(side, labels)[:, 2:] for side in (mine, theirs))], axis=1)
    return Reader(_standardised(figures, labels, c), odds.count(mine, labels), odds.count(theirs, labels))


def _standardised(figures: Matrix, labels: Sequence[str], c: float) -> Linear:
    """A fit on figures of mean 0 and variance 1; the weights are for the figures as they come."""
    mean, spread = figures.mean(axis=0), figures.std(axis=0)
    spread[spread < 1e-6] = 1.0
    made = fitting.fit((figures - mean) / spread, labels, c=c, balanced=True)
    weights = made.weights / spread
    return Linear(made.labels, weights, made.bias - weights @ mean)
