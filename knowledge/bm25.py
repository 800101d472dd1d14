"""BM25 over the sections of one shelf, in memory: an inverted index that takes and drops sections one at a time.

Okapi BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009). The libraries that were looked at
compute every weight when they are built and know no later change (bm25s), or take far longer than the bound at 100,000
sections (SQLite's FTS5); docs/retrieval.md has the figures.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from .roll import Roll
from .shelf import ANYWHERE, Label, Where

K1 = 1.2
B = 0.5
# A posting is one number: the section's slot, and in the last 8 bits how often the term stands in it.
_COUNT_BITS = 8
_MOST = (1 << _COUNT_BITS) - 1
# Terms that many sections have cost most of the time and decide nothing: they are left out of large shelves.
_COMMON = 0.25
_MANY = 2000
_SWEEP_FROM = 100
# How much of a section's score its whole article's words are: what was asked may stand in two sections of it.
_WHOLE = 1 / 3

Scores = npt.NDArray[np.float32]
Column = npt.NDArray[np.uint32]
Slots = npt.NDArray[np.int64]
_SIDES: Final[tuple[Literal["left", "right"], ...]] = ("left", "right")


@dataclass(frozen=True)
class _Summary:
    """`norms`: what a section's length holds its counts back by, for each slot. `order`: the slots by their `wholes`.

    `length`, `whole_length`: how many words a section and a whole article have, on average. True as of the roll's
    `changes`.
    """

    changes: int
    norms: Scores
    order: Slots
    wholes: Column
    length: float
    whole_length: float


class Bm25:
    """The terms of a shelf's sections. Not safe for threads by itself: its owner holds a lock."""

    def __init__(self) -> None:
        self.roll = Roll()
        self._postings: dict[str, array[int]] = {}
        self._lengths = array("I")
        self._wholes = array("I")
        self._summed_up: _Summary | None = None

    def put(self, number: int, words: Sequence[str], label: Label, whole: int) -> None:
        """Take a section in, in place of what was known of it. `whole`: the version of an article that it is of."""
        slot = self.roll.put(number, label)
        self._lengths.append(len(words))
        self._wholes.append(whole)
        for term, count in Counter(words).items():
            posting = self._postings.get(term)
            if posting is None:
                posting = self._postings[term] = array("I")
            posting.append(slot << _COUNT_BITS | min(count, _MOST))

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget sections; one that is not there is no mistake. Their traces go when they are as many as the rest."""
        for number in numbers:
            self.roll.drop(number)
        if self.roll.slots > 2 * len(self.roll) + _SWEEP_FROM:
            self._sweep()

    def scores(self, words: Iterable[str], where: Where = ANYWHERE) -> tuple[Scores, float]:
        """The score of every slot, 0 where `where` does not admit it; and the sum of the terms' weights (`weight`)."""
        total = np.zeros(self.roll.slots, np.float32)
        norms, ideal = self._summary().norms, 0.0
        for term in set(words):
            weight = self.weight(term)
            ideal += weight
            posting = self._postings.get(term)
            if posting is None or self._too_common(posting):
                continue
            packed = _column(posting)
            slots, counts = packed >> _COUNT_BITS, (packed & _MOST).astype(np.float32)
            total[slots] += np.float32(weight * (K1 + 1)) * counts / (counts + norms[slots])
        total[~self.roll.admitted(where)] = 0
        return total, ideal

    def with_whole(self, scores: Scores, slots: Slots, words: Iterable[str]) -> Scores:
        """The scores of these slots, of each a third in place of its own that of its whole article.

        As if the article were one section: the counts of its sections together against its length. A term weighs as
        among sections.
        """
        if not len(slots):
            return scores[slots]
        summary = self._summary()
        wholes, place = np.unique(_column(self._wholes)[slots], return_inverse=True)
        first, end = (np.searchsorted(summary.wholes, wholes, side) for side in _SIDES)
        owners = np.repeat(np.arange(len(wholes)), end - first)
        members = np.concatenate([summary.order[a:b] for a, b in zip(first.tolist(), end.tolist(), strict=True)])
        lengths = np.bincount(owners, _column(self._lengths)[members], len(wholes))
        norms = _norms(lengths, summary.whole_length)
        together = np.zeros(len(wholes))
        for term in set(words):
            counts = np.bincount(owners, self._counts(term, members), len(wholes))
            together += self.weight(term) * (K1 + 1) * counts / (counts + norms)
        mixed: Scores = (1 - _WHOLE) * scores[slots] + np.float32(_WHOLE) * together[place].astype(np.float32)
        return mixed

    def _counts(self, term: str, slots: Slots) -> Slots | Column:
        """How often a term stands in each of these slots; never, for one that is too common."""
        posting = self._postings.get(term)
        if posting is None or self._too_common(posting):
            return np.zeros(len(slots), np.int64)
        packed = _column(posting)
        # In a posting the slots ascend.
        near = packed[np.minimum(np.searchsorted(packed, (slots << _COUNT_BITS).astype(np.uint32)), len(packed) - 1)]
        return np.where(near >> _COUNT_BITS == slots, near & _MOST, 0)

    def scores_beside(self, words: Iterable[str], texts: Mapping[int, Sequence[str]]) -> dict[int, float]:
        """The scores, mixed as in `with_whole`, of the sections of an article that is not on the shelf; id → score.

        Its words are not counted as the shelf's.
        """
        summary, asked = self._summary(), set(words)
        whole = self._score_of(asked, [word for text in texts.values() for word in text], summary.whole_length)
        own = {number: self._score_of(asked, text, summary.length) for number, text in texts.items()}
        return {number: (1 - _WHOLE) * score + _WHOLE * whole for number, score in own.items()}

    def _score_of(self, words: Iterable[str], text: Sequence[str], mean: float) -> float:
        norm, counts, total = float(_norms(np.array(len(text)), mean or len(text))), Counter(text), 0.0
        for term in words:
            if (count := min(counts[term], _MOST)) and not self._too_common(self._postings.get(term, array("I"))):
                total += self.weight(term) * (K1 + 1) * count / (count + norm)
        return total

    def weight(self, term: str) -> float:
        """The inverse document frequency of a term, above 0."""
        having = len(self._postings.get(term, ()))
        everything = max(len(self.roll), having)
        return math.log(1 + (everything - having + 0.5) / (having + 0.5))

    def _summary(self) -> "_Summary":
        """What all sections together say, computed anew after a change."""
        if self._summed_up is None or self._summed_up.changes != self.roll.changes:
            self._summed_up = _summed_up(self.roll, _column(self._lengths), _column(self._wholes))
        return self._summed_up

    def _too_common(self, posting: "array[int]") -> bool:
        return len(self.roll) > _MANY and len(posting) > _COMMON * len(self.roll)

    def _sweep(self) -> None:
        """Give the sections that are there new slots without gaps."""
        alive = self.roll.admitted()
        place = np.cumsum(alive) - 1
        self.roll, self._summed_up = self.roll.packed(), None
        self._lengths = array("I", _column(self._lengths)[alive].tobytes())
        self._wholes = array("I", _column(self._wholes)[alive].tobytes())
        for term, posting in list(self._postings.items()):
            packed = _column(posting)
            kept = packed[alive[packed >> _COUNT_BITS]]
            slots = place[kept >> _COUNT_BITS].astype(np.uint32)
            self._postings[term] = array("I", (slots << _COUNT_BITS | kept & _MOST).tobytes())
            if not len(kept):
                del self._postings[term]


def _summed_up(roll: Roll, lengths: Column, wholes: Column) -> _Summary:
    alive = np.flatnonzero(roll.admitted())
    # The sections of an article come together, mostly: such a sort takes no time.
    order = alive[np.argsort(wholes[alive], kind="stable")]
    grouped = wholes[order]
    total, articles = float(lengths[alive].sum()), np.count_nonzero(np.diff(grouped)) + 1
    length = total / max(1, len(alive))
    return _Summary(roll.changes, _norms(lengths, length), order, grouped, length, total / articles)


def _norms(lengths: npt.NDArray[Any], mean: float) -> Scores:
    """What texts of these lengths hold their counts back by, where they have `mean` words on average."""
    return (K1 * (1 - B + B * lengths / (mean or 1.0))).astype(np.float32)


def _column(numbers: "array[int]") -> Column:
    """The numbers without a copy; to be let go before the array grows."""
    return np.frombuffer(numbers, np.uint32) if numbers else np.empty(0, np.uint32)
