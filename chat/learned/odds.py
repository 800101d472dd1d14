"""How much the words of a text speak for each label, by how often labelled texts have them (naive Bayes).

A handful of figures beside an embedding: they know the rare words that a vector blurs, such as hashtags.
"""

import io
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from chat.learned.linear import Matrix

_WORD: Final = re.compile(r"\w+|[^\w\s]")
_MOST_WORDS: Final = 300
_PIECES: Final = range(4, 6)
_SEEN_AT_LEAST: Final = 2
_SMOOTH: Final = 0.7
FOLDS: Final = 5


@dataclass(frozen=True)
class Odds:
    """`by_word` has for each word or piece of one its log odds, a figure a label."""

    labels: tuple[str, ...]
    by_word: Mapping[str, tuple[float, ...]]

    def of(self, texts: Sequence[str]) -> Matrix:
        """(texts, 2 · labels): the sum over a text's words, dampened, and their mean."""
        return np.array([self._of(text) for text in texts], np.float32).reshape(len(texts), -1)

    def as_bytes(self) -> bytes:
        """For a file; read back by `from_bytes`."""
        out = io.BytesIO()
        table = np.array(list(self.by_word.values()), np.float16)
        joined = np.frombuffer("\n".join(self.by_word).encode("utf-8", "replace"), np.uint8)
        np.savez_compressed(out, labels=np.array(self.labels, np.str_), words=joined, odds=table)
        return out.getvalue()

    def _of(self, text: str) -> list[float]:
        known = [self.by_word[word] for word in words(text) & self.by_word.keys()]
        if not known:
            return [0.0] * (2 * len(self.labels))
        sums = np.array(known, np.float32).sum(axis=0)
        return [*(np.sign(sums) * np.log1p(np.abs(sums))), *(sums / len(known))]


def from_bytes(saved: bytes) -> Odds:
    """What `as_bytes` made. Raises ValueError where it is none: nothing in it is ever run."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
        words = arrays["words"].tobytes().decode().split("\n")
        rows = (tuple(map(float, row)) for row in arrays["odds"])
        return Odds(tuple(map(str, arrays["labels"])), dict(zip(words, rows, strict=True)))


def count(texts: Sequence[str], labels: Sequence[str]) -> Odds:
    """The odds that labelled texts show."""
    names = tuple(sorted(set(labels)))
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text, label in zip(texts, labels, strict=True):
        for word in words(text):
            seen[word][label] += 1
    of_label = Counter(labels)
    kept = {word: counts for word, counts in seen.items() if counts.total() >= _SEEN_AT_LEAST}
    return Odds(names, {word: _odds(counts, of_label, names) for word, counts in kept.items()})


def crossed(texts: Sequence[str], labels: Sequence[str]) -> Matrix:
    """`Odds.of` of the very texts that are counted, each by the odds of the others: for fitting on them."""
    out: Matrix = np.zeros((len(texts), 2 * len(set(labels))), np.float32)
    fold = np.random.default_rng(0).permutation(len(texts)) % FOLDS
    for held in range(FOLDS):
        rest, ours = np.flatnonzero(fold != held).tolist(), np.flatnonzero(fold == held).tolist()
        made = count([texts[at] for at in rest], [labels[at] for at in rest])
        if len(made.labels) == len(set(labels)):
            out[ours] = made.of([texts[at] for at in ours])
    return out


@lru_cache(256)
def words(text: str) -> frozenset[str]:
    """The words, pairs and pieces of words that are counted, each once."""
    return frozenset(_words(text))


def _words(text: str) -> Iterator[str]:
    found = _WORD.findall(text.casefold())[:_MOST_WORDS]
    yield from found
    yield from (f"{first} {second}" for first, second in itertools.pairwise(found))
    for word in found:
        padded = f"<{word}>"
        for size in _PIECES:
            yield from (padded[at : at + size] for at in range(len(padded) - size + 1))


def _odds(counts: Counter[str], of_label: Counter[str], names: Sequence[str]) -> tuple[float, ...]:
    total = of_label.total()
    found = []
    for name in names:
        here = (counts[name] + _SMOOTH) / (of_label[name] + 2 * _SMOOTH)
        rest = (counts.total() - counts[name] + _SMOOTH) / (total - of_label[name] + 2 * _SMOOTH)
        found.append(math.log(here / rest))
    return tuple(found)
