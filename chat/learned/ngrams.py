"""A text as counts of its words, word pairs and bits of words, each in a place that a hash gives.

The same in a fit and in service, without scikit-learn, in every process: CRC-32 needs no vocabulary and has no seed.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

WIDTH: Final = 1 << 15
_WORD: Final = re.compile(r"\w+|[^\w\s]")
_SHORTEST, _LONGEST = 2, 5  # characters in a bit of a word
_LONGEST_TEXT: Final = 2000  # characters that are read: what a person asks stands before that


@dataclass(frozen=True)
class Sparse:
    """Rows of few numbers: row `i` has `values[starts[i]:starts[i+1]]` in the columns `places` of the same range."""

    starts: npt.NDArray[np.int64]
    places: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def times(self, weights: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """(rows, labels) for `weights` as (WIDTH, labels)."""
        rows = zip(self.starts, self.starts[1:], strict=False)
        return np.stack([self.values[a:b] @ weights[self.places[a:b]] for a, b in rows])

    def chosen(self, rows: npt.NDArray[np.int64]) -> "Sparse":
        """Those rows, in that order."""
        parts = [slice(self.starts[at], self.starts[at + 1]) for at in rows]
        starts = np.concatenate([[0], np.cumsum([part.stop - part.start for part in parts])]).astype(np.int64)
        return Sparse(
            starts,
            np.concatenate([self.places[part] for part in parts]),
            np.concatenate([self.values[part] for part in parts]),
        )


def count(texts: Sequence[str]) -> Sparse:
    """The rows of `texts`: 1 + log of how often, before any weighing."""
    starts: list[int] = [0]
    places: list[int] = []
    values: list[int] = []
    for text in texts:
        counts = Counter(zlib.crc32(bit.encode("utf-8", "replace")) % WIDTH for bit in _bits(text))
        places.extend(counts)
        values.extend(counts.values())
        starts.append(len(places))
    return Sparse(np.array(starts, np.int64), np.array(places, np.int32), 1 + np.log(np.array(values, np.float32)))


def rarity(rows: Sparse) -> npt.NDArray[np.float32]:
    """How rare each place is (the smoothed inverse document frequency), as (WIDTH)."""
    seen = np.bincount(rows.places, minlength=WIDTH)
    return np.asarray(np.log((1 + len(rows)) / (1 + seen)) + 1, np.float32)


def weigh(rows: Sparse, rare: npt.NDArray[np.float32]) -> Sparse:
    """Each value times its rarity, each row of length 1."""
    values = rows.values * rare[rows.places]
    row_of = np.repeat(np.arange(len(rows)), np.diff(rows.starts))
    length = np.sqrt(np.bincount(row_of, values**2, minlength=len(rows)))
    return Sparse(rows.starts, rows.places, (values / np.maximum(length, 1e-9)[row_of]).astype(np.float32))


def _bits(text: str) -> Iterator[str]:
    words = _WORD.findall(text[:_LONGEST_TEXT].casefold())
    yield from (f"w {word}" for word in words)
    yield from (f"p {first} {second}" for first, second in zip(["<", *words], [*words, ">"], strict=True))
    for word in words:
        padded = f" {word} "
        for size in range(_SHORTEST, _LONGEST + 1):
            yield from (f"c{padded[at : at + size]}" for at in range(len(padded) - size + 1))
