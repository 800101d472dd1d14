"""How much the words of a text speak for each label, by how often labelled texts have them (naive Bayes).

A handful of figures beside an embedding: they know the rare words that a vector blurs, such as hashtags.
"""

import io
import itertools
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    """`rows` says where each word or piece of one stands in `table`, (words, labels) of log odds."""

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    table: Matrix

    def of(self, texts: Sequence[str]) -> Matrix:
        """(texts, 2 · labels): the sum over a text's words, dampened, and their mean."""
        found: Matrix = np.zeros((len(texts), 2 * len(self.labels)), np.float32)
        for text, line in zip(texts, found, strict=True):
            known = [self.rows[word] for word in words(text) if word in self.rows]
            if known:
                sums = self.table[known].sum(axis=0)
                line[: len(sums)] = np.sign(sums) * np.log1p(np.abs(sums))
                line[len(sums) :] = sums / len(known)
        return found

    def as_bytes(self) -> bytes:
        """For a file; read back by `from_bytes`."""
        out = io.BytesIO()
        joined = np.frombuffer("\n".join(self.rows).encode("utf-8", "replace"), np.uint8)
        table = self.table.astype(np.float16)
        np.savez_compressed(out, labels=np.array(self.labels, np.str_), words=joined, odds=table)
        return out.getvalue()


def from_bytes(saved: bytes) -> Odds:
    """What `as_bytes` made. Raises ValueError where it is none: nothing in it is ever run."""
    with np.load(io.BytesIO(saved), allow_pickle=False) as arrays:
        words = arrays["words"].tobytes().decode().split("\n")
        table = arrays["odds"].astype(np.float32)
        if len(words) != len(table):
            raise ValueError(f"{len(words)} words, but odds of {len(table)}")
        return Odds(tuple(map(str, arrays["labels"])), _places(words), table)


def count(texts: Sequence[str], labels: Sequence[str]) -> Odds:
    """The odds that labelled texts show."""
    names = tuple(sorted(set(labels)))
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text, label in zip(texts, labels, strict=True):
        for word in words(text):
            seen[word][label] += 1
    of_label = Counter(labels)
    kept = {word: counts for word, counts in seen.items() if counts.total() >= _SEEN_AT_LEAST}
    table: Matrix = np.array([_odds(counts, of_label, names) for counts in kept.values()], np.float32)
    return Odds(names, _places(kept), table.reshape(len(kept), len(names)))


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


def _places(words: Iterable[str]) -> dict[str, int]:
    return {word: at for at, word in enumerate(words)}


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
