"""The dense half of retrieval: the sections nearest to a question, of those on a shelf that may be found.

Chroma's own filter costs much (222 ms on a shelf of 100,000 sections, 4 on one of 300; 2 without it). So more are asked
for and the others left out; where few may be found at all, those are compared one by one.
"""

import threading
from typing import Final

import numpy as np

from . import index, lexicon
from .exact import vectors_in_rows
from .models import Section
from .shelf import ANYWHERE, Matrix, Shelf, Where

# Below this share of a shelf its sections are compared one by one: 10,000 of them take less than a millisecond.
_FEW: Final = 0.1
_SPARE: Final = 1.5
_KEPT: Final = 8


def nearest(shelf: Shelf, vector: Matrix, n: int, where: Where) -> list[int]:
    """About the `n` nearest sections that `where` admits, best first."""
    words = lexicon.shelf_of(shelf.site_id, shelf.language, shelf.edition)
    part = lexicon.current().part(words, where, told=index.is_told())
    everything = part.whole > 0 and len(part.numbers) == part.whole
    if everything or not part.whole or index.searched() == "rows":
        rows = index.current().query(shelf, vector, n, ANYWHERE if everything else where)
        return [number for number, _cosine in rows]
    if len(part.numbers) < _FEW * part.whole:
        return _subsets.nearest(shelf, vector, n, where, part)
    asked = int(n * _SPARE * part.whole / len(part.numbers))
    found = [number for number, _cosine in index.current().query(shelf, vector, asked)]
    return lexicon.current().only(words, where, found)[:n]


class _Subsets:
    """The vectors of a shelf's parts that were asked for last."""

    def __init__(self) -> None:
        self._held: dict[tuple[Shelf, Where, int], tuple[lexicon.Numbers, Matrix]] = {}
        self._lock = threading.Lock()

    def nearest(self, shelf: Shelf, vector: Matrix, n: int, where: Where, part: lexicon.Part) -> list[int]:
        numbers, matrix = self._vectors(shelf, where, part, len(vector))
        near = matrix @ vector
        best = np.argpartition(-near, n)[:n] if n < len(near) else np.arange(len(near))
        return [int(number) for number in numbers[best[np.argsort(-near[best])]]]

    def _vectors(self, shelf: Shelf, where: Where, part: lexicon.Part, width: int) -> tuple[lexicon.Numbers, Matrix]:
        key = shelf, where, part.changes
        with self._lock:
            if key not in self._held:
                while len(self._held) >= _KEPT:
                    del self._held[next(iter(self._held))]
                self._held[key] = _read(shelf.model, part.numbers, width)
            return self._held[key]


def _read(model: str, numbers: lexicon.Numbers, width: int) -> tuple[lexicon.Numbers, Matrix]:
    digests = dict(Section.objects.filter(pk__in=numbers.tolist()).values_list("pk", "digest"))
    vectors = vectors_in_rows(model, sorted(set(digests.values())))
    there = [number for number in numbers.tolist() if digests.get(number) in vectors]
    matrix = np.stack([vectors[digests[number]] for number in there]) if there else np.empty((0, width), np.float32)
    return np.array(there, np.int64), matrix


_subsets = _Subsets()
