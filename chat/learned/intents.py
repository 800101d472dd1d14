"""What a trained reader of intents says of a question: numpy only, so that the web process can ask it.

Several views of a question each score every intent: a linear classifier on its vector by each embedding model, one on
its words, one on all of these, and how near the intent's own examples are. The scores are added, each with its share;
a softmax makes probabilities of the sum. From what the views say together a curve tells how likely the question is none
of the intents.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from chat.learned import ngrams
from chat.learned.linear import Linear, Matrix
from chat.learned.ngrams import Sparse

WORDS: Final = "words"
ALL: Final = "all"  # the vectors of all models and the words, side by side
OUTSIDE: Final = ""  # the label of examples that are none of the intents
NEAREST: Final = 3  # examples of an intent whose nearness is averaged
# What tells whether a question is none of the intents, in the order of a curve's slopes.
EVIDENCE: Final = ("top", "nearest_of_it", "nearest", "strongest", "words", "outside")
_LEAST: Final = 1e-6


@dataclass(frozen=True)
class Asked:
    """Questions as numbers: vectors by model, each (rows, width), and their words."""

    vectors: Mapping[str, Matrix]
    words: Sparse

    def __len__(self) -> int:
        return len(self.words)

    def in_order(self) -> list[Matrix]:
        """The vectors of all models, in the order of the models' names."""
        return [self.vectors[name] for name in sorted(self.vectors)]


@dataclass(frozen=True)
class Curve:
    """A logistic curve over standardised evidence: the probability that a question is outside every intent."""

    bias: float
    slopes: npt.NDArray[np.float32]
    means: npt.NDArray[np.float32]
    scales: npt.NDArray[np.float32]

    def probabilities(self, evidence: Matrix) -> npt.NDArray[np.float32]:
        """(rows, EVIDENCE) to (rows)."""
        score = ((evidence - self.means) / self.scales) @ self.slopes + self.bias
        return np.asarray(1 / (1 + np.exp(-np.clip(score, -30, 30))), np.float32)


@dataclass(frozen=True)
class Examples:
    """The vectors of what a classifier was trained on, by one model; `owners` is the label's number of each."""

    vectors: Matrix
    owners: npt.NDArray[np.int64]  # in ascending order

    @classmethod
    def of(cls, vectors: Matrix, owners: npt.NDArray[np.int64]) -> Self:
        """Examples in any order."""
        order = np.argsort(owners, kind="stable")
        return cls(vectors[order], owners[order])

    def near(self, asked: Matrix, labels: int) -> Matrix:
        """(rows, labels): the mean cosine of the NEAREST examples of each label."""
        cosines = asked @ self.vectors.T
        found = np.zeros((len(asked), labels), np.float32)
        bounds = np.searchsorted(self.owners, np.arange(labels + 1))
        for label, (start, end) in enumerate(pairwise(bounds)):
            if few := min(NEAREST, end - start):
                found[:, label] = np.partition(cosines[:, start:end], -few, axis=1)[:, -few:].mean(axis=1)
        return found


@dataclass(frozen=True)
class Reader:
    """How one kind of question is read: the share of each view, and the curve that tells what is outside."""

    shares: Mapping[str, float]
    curve: Curve
    threshold: float  # of being outside
    sure: float  # the probability of an intent from which its verdict is rarely wrong


@dataclass(frozen=True)
class Judged:
    """What is said of each question; `labels` holds no OUTSIDE."""

    labels: tuple[str, ...]
    probabilities: Matrix  # (rows, labels), of those that there are
    outside: npt.NDArray[np.float32]
    is_outside: npt.NDArray[np.bool_]
    is_sure: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Views:
    """Every view's classifier. `rarity` weighs the words; `labels` may end with OUTSIDE."""

    labels: tuple[str, ...]
    linear: Mapping[str, Linear]
    examples: Mapping[str, Examples]
    rarity: npt.NDArray[np.float32]

    def scores(self, asked: Asked, only: Sequence[str] | None = None) -> dict[str, Matrix]:
        """(rows, labels) of each view by its name; `near:MODEL` is how near the examples are."""
        found: dict[str, Matrix] = {}
        for name, linear in self.linear.items():
            if name == WORDS and (only is None or WORDS in only):
                rows = ngrams.weigh(asked.words, self.rarity)
                found[WORDS] = rows.times(linear.weights.T) + linear.bias
            elif name == ALL and (only is None or ALL in only):
                dense, rows = np.hstack(asked.in_order()), ngrams.weigh(asked.words, self.rarity)
                width = dense.shape[1]
                found[ALL] = dense @ linear.weights[:, :width].T + rows.times(linear.weights[:, width:].T) + linear.bias
            elif name in asked.vectors and (only is None or name in only):
                found[name] = asked.vectors[name] @ linear.weights.T + linear.bias
        for name, examples in self.examples.items():
            if name in asked.vectors and (only is None or near_view(name) in only):
                found[near_view(name)] = examples.near(asked.vectors[name], len(self.labels))
        return found


def near_view(model: str) -> str:
    """The name of the view that looks how near the examples are."""
    return f"near:{model}"


def total(scores: Mapping[str, Matrix], shares: Mapping[str, float]) -> Matrix:
    """The log-probabilities (rows, labels) of the sum of the views, each with its share."""
    known = {name: share for name, share in shares.items() if name in scores}
    summed = sum((share * scores[name] for name, share in known.items()), np.float32(0))
    summed = np.asarray(summed - np.max(summed, axis=1, keepdims=True), np.float32)
    return np.asarray(summed - np.log(np.exp(summed).sum(axis=1, keepdims=True)), np.float32)


def evidence(scores: Mapping[str, Matrix], shares: Mapping[str, float], labels: Sequence[str]) -> Matrix:
    """(rows, EVIDENCE) of what tells whether a question is outside; what no view says is 0."""
    logs = total(scores, shares)
    inside = np.array([label != OUTSIDE for label in labels])
    best = np.where(inside, logs, -np.inf).argmax(axis=1)
    rows = np.arange(len(logs))
    nearness = [scores[name][:, inside] for name in scores if name.startswith("near:")]
    own = [scores[name][rows, best] for name in scores if name.startswith("near:")]
    vectors = [name for name in scores if name not in (WORDS, ALL) and not name.startswith("near:")]
    linear = [scores[name][:, inside].max(axis=1) for name in vectors]
    zero = np.zeros(len(logs), np.float32)
    columns = [
        logs[rows, best],
        np.mean(own, axis=0) if own else zero,
        np.mean([near.max(axis=1) for near in nearness], axis=0) if nearness else zero,
        np.mean(linear, axis=0) if linear else zero,
        scores[WORDS][:, inside].max(axis=1) if WORDS in scores else zero,
        zero if inside.all() else np.maximum(logs[:, ~inside].max(axis=1), np.log(_LEAST)),
    ]
    return np.stack(columns, axis=1).astype(np.float32)


@dataclass(frozen=True)
class Intents:
    """A trained classifier. Questions in a language of its examples are read `home`, others `away`."""

    views: Views
    home: Reader
    away: Reader
    languages: tuple[str, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The intents."""
        return tuple(label for label in self.views.labels if label != OUTSIDE)

    def judge(self, asked: Asked, language: str) -> Judged:
        """What every question is, all of them in `language`."""
        reader = self.home if language in self.languages else self.away
        scores = self.views.scores(asked, tuple(reader.shares))
        logs = total(scores, reader.shares)
        inside = [at for at, label in enumerate(self.views.labels) if label != OUTSIDE]
        odds = np.exp(logs[:, inside])
        outside = reader.curve.probabilities(evidence(scores, reader.shares, self.views.labels))
        out = np.asarray(outside >= reader.threshold)
        sure = np.asarray((odds.max(axis=1) * (1 - outside) >= reader.sure) & ~out)
        return Judged(self.labels, odds / odds.sum(axis=1, keepdims=True), outside, out, sure)

    def as_bytes(self) -> bytes:
        """For a row; read back by `from_bytes`."""
        arrays: dict[str, npt.NDArray[np.generic]] = {
            "labels": np.array(self.views.labels, np.str_),
            "languages": np.array(self.languages, np.str_),
            "rarity": self.views.rarity.astype(np.float16),
        }
        for name, linear in self.views.linear.items():
            arrays[f"weights/{name}"] = linear.weights.astype(np.float16)
            arrays[f"bias/{name}"] = linear.bias
        for name, examples in self.views.examples.items():
            arrays[f"examples/{name}"] = examples.vectors.astype(np.float16)
            arrays[f"owners/{name}"] = examples.owners.astype(np.int32)
        for which, reader in (("home", self.home), ("away", self.away)):
            arrays |= _packed(which, reader)
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()


def _packed(which: str, reader: Reader) -> dict[str, npt.NDArray[np.generic]]:
    names, values = list(reader.shares), list(reader.shares.values())
    curve = reader.curve
    return {
        f"{which}/views": np.array(names, np.str_),
        f"{which}/shares": np.array(values, np.float32),
        f"{which}/curve": np.stack([curve.slopes, curve.means, curve.scales]),
        f"{which}/threshold": np.array([curve.bias, reader.threshold, reader.sure], np.float32),
    }


def from_bytes(saved: bytes) -> Intents:
    """What `as_bytes` made. Raises ValueError where it is none: nothing in it is ever run."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
        labels = tuple(map(str, arrays["labels"]))
        linear, examples = {}, {}
        for key in arrays.files:
            kind, _slash, name = key.partition("/")
            if kind == "weights":
                linear[name] = Linear(labels, arrays[key].astype(np.float32), arrays[f"bias/{name}"])
            if kind == "examples":
                owners = arrays[f"owners/{name}"].astype(np.int64)
                examples[name] = Examples(arrays[key].astype(np.float32), owners)
        views = Views(labels, linear, examples, arrays["rarity"].astype(np.float32))
        readers = [_unpacked(arrays, which) for which in ("home", "away")]
        return Intents(views, readers[0], readers[1], tuple(map(str, arrays["languages"])))


def _unpacked(arrays: Mapping[str, npt.NDArray[np.generic]], which: str) -> Reader:
    shares = zip(map(str, arrays[f"{which}/views"]), map(float, arrays[f"{which}/shares"]), strict=True)
    slopes, means, scales = np.asarray(arrays[f"{which}/curve"], np.float32)
    bias, threshold, sure = map(float, arrays[f"{which}/threshold"])
    return Reader(dict(shares), Curve(bias, slopes, means, scales), threshold, sure)
