"""What one text by itself tells: a small classifier on its vector, in English with VADER's figures and its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from chat.learned import linear, odds
from chat.learned.linear import Linear, Matrix
from chat.learned.odds import Odds
from chat.learned.packed import pack, unpack
from chat.mood import parts
from knowledge.embed import E5, MINILM, available

# Read by e5 in English as well: macro F1 .641 on 900 tweets, by MiniLM with VADER and words .627.
ANY_LANGUAGE: Final = frozenset({"mood"})
# English by both models: fewer false alarms than by either (docs/escalation.md).
BOTH: Final = frozenset({"person", "call"})
SHIPPED: Final = Path(__file__).with_name("shipped")
# How much VADER and the words weigh beside a vector of length 1 (chosen on 2,500 English tweets of mood-tweeteval).
VADER_WEIGHS: Final = 2.0
WORDS_WEIGH: Final = 1.0


@dataclass(frozen=True)
class Head:
    """A fitted classifier; `odds` knows the words of what it was fitted on. Without them it reads vectors alone."""

    linear: Linear
    odds: Odds | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """What it tells apart."""
        return self.linear.labels

    def probabilities(self, texts: Sequence[str], vectors: Matrix) -> Matrix:
        """(texts, labels), each row summing to 1; `vectors` (texts, 384) by the model that it was fitted on."""
        if self.odds is None:
            return self.linear.probabilities(vectors)
        return self.linear.probabilities(features(texts, vectors, self.odds.of(texts)))

    def as_bytes(self) -> bytes:
        """For a file; read back by `from_bytes`."""
        return pack({"linear": self.linear.as_bytes()} | ({"odds": self.odds.as_bytes()} if self.odds else {}))


def from_bytes(saved: bytes) -> Head:
    """What `as_bytes` made. Raises ValueError where it is none."""
    saves = unpack(saved)
    return Head(linear.from_bytes(saves["linear"]), odds.from_bytes(saves["odds"]) if "odds" in saves else None)


def heads_as_bytes(heads: Mapping[str, Head]) -> bytes:
    """For a file: the head of each model; read back by `heads_from_bytes`."""
    return pack({model: head.as_bytes() for model, head in heads.items()})


def heads_from_bytes(saved: bytes) -> dict[str, Head]:
    """What `heads_as_bytes` made. Raises ValueError where it is none."""
    return {model: from_bytes(part) for model, part in unpack(saved).items()}


def features(texts: Sequence[str], vectors: Matrix, words: Matrix) -> Matrix:
    """What the classifier reads, a row a text."""
    vader = np.array([parts(text) for text in texts], np.float32).reshape(len(texts), -1)
    joined: Matrix = np.concatenate([vectors, VADER_WEIGHS * vader, WORDS_WEIGH * words], axis=1)
    return joined


def models_for(kind: str, language: str) -> tuple[str, ...]:
    """By which models a text of a language is read for a kind; the mean of what they say counts."""
    one = model_for(kind, language)
    return (one, E5) if one == MINILM and kind in BOTH and available(E5) else (one,)


def model_for(kind: str, language: str) -> str:
    """By which model a text of a language is read for a kind; the search of that language has its vector anyway."""
    by_minilm = language == "en" and kind not in ANY_LANGUAGE
    return MINILM if by_minilm or not available(E5) else E5


@cache
def shipped(kind: str, model: str) -> Head:
    """What Tandem comes with for `mood`, `emotion`, `injection`, `person` or `call`, for texts read by `model`."""
    return from_bytes((SHIPPED / f"{kind}-{model}.npz").read_bytes())
