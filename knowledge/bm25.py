"""BM25 over the sections of one shelf, in memory: an inverted index that takes and drops sections one at a time.

Okapi BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009). The libraries that were looked at
compute every weight when they are built and know no later change (bm25s), or take far longer than the bound at 100,000
sections (SQLite's FTS5); docs/retrieval.md has the figures.
"""

import math
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from .roll import Roll
from .shelf import Label

K1 = 1.2
B = 0.5
# A posting is one number: the section's slot, and in the last 8 bits how often the term stands in it.
_COUNT_BITS = 8
_MOST = (1 << _COUNT_BITS) - 1
# Terms that many sections have cost most of the time and decide nothing: they are left out of large shelves.
_COMMON = 0.25
_MANY = 2000
_SWEEP_FROM = 100

Scores = npt.NDArray[np.float32]
Column = npt.NDArray[np.uint32]


class Bm25:
    """The terms of a shelf's sections. Not safe for threads by itself: its owner holds a lock."""

    def __init__(self) -> None:
        self.roll = Roll()
        self._postings: dict[str, array[int]] = {}
        self._lengths = array("I")
        self._held_back: tuple[int, Scores] | None = None

    def put(self, number: int, words: Sequence[str], label: Label) -> None:
        """Take a section in, in place of what was known of it."""
        slot = self.roll.put(number, label)
        self._lengths.append(len(words))
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

    def scores(self, words: Iterable[str]) -> tuple[Scores, float]:
        """The score of every slot, and the sum of the weights of the question's terms (see `weight`)."""
        total = np.zeros(self.roll.slots, np.float32)
        norms, ideal = self._norms(), 0.0
        for term in set(words):
            weight = self.weight(term)
            ideal += weight
            posting = self._postings.get(term)
            if posting is None or self._too_common(posting):
                continue
            packed = _column(posting)
            slots, counts = packed >> _COUNT_BITS, (packed & _MOST).astype(np.float32)
            total[slots] += np.float32(weight * (K1 + 1)) * counts / (counts + norms[slots])
        total[~self.roll.admitted()] = 0
        return total, ideal

    def score_of(self, words: Iterable[str], text: Sequence[str]) -> float:
        """The score that a text which is not on the shelf would have; its words are not counted as the shelf's."""
        mean = float(_column(self._lengths)[self.roll.admitted()].mean()) if len(self.roll) else len(text) or 1.0
        norm, counts, total = K1 * (1 - B + B * len(text) / mean), Counter(text), 0.0
        for term in set(words):
            if (count := min(counts[term], _MOST)) and not self._too_common(self._postings.get(term, array("I"))):
                total += self.weight(term) * (K1 + 1) * count / (count + norm)
        return total

    def weight(self, term: str) -> float:
        """The inverse document frequency of a term, above 0."""
        having = len(self._postings.get(term, ()))
        everything = max(len(self.roll), having)
        return math.log(1 + (everything - having + 0.5) / (having + 0.5))

    def _norms(self) -> Scores:
        """What a section's length holds its counts back by, for each slot."""
        if self._held_back is None or self._held_back[0] != self.roll.changes:
            lengths = _column(self._lengths).astype(np.float32)
            mean = float(lengths[self.roll.admitted()].mean()) if len(self.roll) else 1.0
            self._held_back = self.roll.changes, K1 * (1 - B + B * lengths / mean)
        return self._held_back[1]

    def _too_common(self, posting: "array[int]") -> bool:
        return len(self.roll) > _MANY and len(posting) > _COMMON * len(self.roll)

    def _sweep(self) -> None:
        """Give the sections that are there new slots without gaps."""
        alive = self.roll.admitted()
        place = np.cumsum(alive) - 1
        self.roll, self._held_back = self.roll.packed(), None
        self._lengths = array("I", _column(self._lengths)[alive].tobytes())
        for term, posting in list(self._postings.items()):
            packed = _column(posting)
            kept = packed[alive[packed >> _COUNT_BITS]]
            slots = place[kept >> _COUNT_BITS].astype(np.uint32)
            self._postings[term] = array("I", (slots << _COUNT_BITS | kept & _MOST).tobytes())
            if not len(kept):
                del self._postings[term]


def _column(numbers: "array[int]") -> Column:
    """The numbers without a copy; to be let go before the array grows."""
    return np.frombuffer(numbers, np.uint32) if numbers else np.empty(0, np.uint32)
