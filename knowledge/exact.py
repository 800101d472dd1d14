"""The exact search in numpy, over vectors that are rows: for whoever may not ask Chroma, or gets no answer there."""

import threading
import time
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

import numpy as np
from django.db.models import Count, Max, QuerySet, Sum

from supportsite.prepared import Prepared

from .models import Article, Audience, Edition, Section, Vector
from .roll import Roll
from .shelf import ANYWHERE, Label, Matrix, Shelf, Where

_CHUNK = 500
# Looking whether the rows have changed takes at most this share of the time: on a large site some answers are late by
# a few hundred milliseconds, none is slow.
_LOOKING = 0.05


class Watch:
    """Tells whether what is published on a shelf, or indexed anew, has changed since the last look."""

    def __init__(self, key: Shelf) -> None:
        self._key = key
        self._seen: Hashable = None
        self._next = 0.0

    def again(self) -> None:
        """What was seen was not all: the next look finds it changed."""
        self._seen = None

    def changed(self) -> bool:
        """Whether it has; True at the first look."""
        began = time.monotonic()
        if began < self._next:
            return False
        stamp = _stamp(self._key)
        ended = time.monotonic()
        self._next = ended + (ended - began) / _LOOKING if ended - began > 0.005 else 0.0
        changed, self._seen = stamp != self._seen, stamp
        return changed


@dataclass
class _Held:
    watch: Watch
    roll: Roll = field(default_factory=Roll)
    matrix: Matrix = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def put(self, number: int, vector: Matrix, label: Label) -> None:
        slot = self.roll.put(number, label)
        if slot >= len(self.matrix):
            grown = np.empty((2 * slot + 64, len(vector)), np.float32)
            grown[:slot] = self.matrix[:slot] if slot else 0
            self.matrix = grown
        self.matrix[slot] = vector

    def drop(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.roll.drop(number)
        if self.roll.slots > 2 * len(self.roll) + _CHUNK:
            self.matrix = self.matrix[: self.roll.slots][self.roll.admitted()]
            self.roll = self.roll.packed()


class ExactIndex:
    """Every vector is compared. With `from_rows` a shelf follows the rows: what is new there is read."""

    def __init__(self, *, from_rows: bool = False) -> None:
        self._from_rows = from_rows
        self._held: dict[Shelf, _Held] = {}
        self._lock = threading.RLock()

    def upsert(self, key: Shelf, ids: Sequence[int], vectors: Matrix, labels: Sequence[Label]) -> None:
        """See shelf.Index."""
        with self._lock:
            held = self._shelf(key)
            for number, vector, label in zip(ids, vectors, labels, strict=True):
                held.put(number, np.asarray(vector, np.float32), label)

    def delete(self, key: Shelf, ids: Sequence[int]) -> None:
        """See shelf.Index."""
        with self._lock:
            self._shelf(key).drop(ids)

    def query(self, key: Shelf, vector: Matrix, n: int, where: Where = ANYWHERE) -> list[tuple[int, float]]:
        """See shelf.Index."""
        with self._lock:
            held = self._shelf(key)
            if not len(held.roll):
                return []
            slots = np.flatnonzero(held.roll.admitted(where))
            whole = len(slots) == held.roll.slots
            matrix = held.matrix[: held.roll.slots] if whole else held.matrix[slots]
            ids = held.roll.numbers(slots)
        scores = matrix @ np.asarray(vector, np.float32)
        best = np.argpartition(-scores, n)[:n] if n < len(scores) else np.arange(len(scores))
        best = best[np.lexsort((ids[best], -scores[best]))]
        return [(int(ids[i]), float(scores[i])) for i in best]

    def ids(self, key: Shelf) -> set[int]:
        """See shelf.Index."""
        with self._lock:
            return set(self._shelf(key).roll)

    def labels(self, key: Shelf) -> dict[int, Label]:
        """See shelf.Index."""
        with self._lock:
            roll = self._shelf(key).roll
            return {number: label for number in roll if (label := roll.label(number))}

    def drop(self, key: Shelf) -> None:
        """See shelf.Index."""
        with self._lock:
            self._held.pop(key, None)

    def shelves(self, site_id: int) -> set[Shelf]:
        """See shelf.Index."""
        if self._from_rows:
            return {shelf for shelf in shelves_in_rows(site_id) if self.ids(shelf)}
        return {shelf for shelf, held in self._held.items() if shelf.site_id == site_id and len(held.roll)}

    def _shelf(self, key: Shelf) -> _Held:
        held = self._held.setdefault(key, _Held(Watch(key)))
        if self._from_rows and held.watch.changed() and not _follow_rows(key, held):
            held.watch.again()
        return held


def shelves_in_rows(site_id: int) -> set[Shelf]:
    """Every shelf that the rows could fill: languages with published articles, by each model known, as each edition."""
    languages = Article.objects.filter(site_id=site_id, published__isnull=False).order_by()
    models = list(Vector.objects.values_list("model", flat=True).distinct())
    editions = list(Edition.objects.filter(site_id=site_id).values_list("pk", flat=True))
    known = product(languages.values_list("language", flat=True).distinct(), models, editions)
    return {Shelf(site_id, *rest) for rest in known}


def published_sections(key: Shelf) -> QuerySet[Section]:
    """Every section that is published on the shelf's site in its language."""
    return Section.objects.filter(
        edition_id=key.edition,
        version__article__site_id=key.site_id,
        version__article__language=key.language,
        version__id__in=Article.objects.filter(site_id=key.site_id).values("published_id"),
    ).order_by()


def labels_in_rows(key: Shelf, among: Collection[int] | None = None) -> dict[int, tuple[str, Label]]:
    """Section id → (digest, label) of those, or (`among`) of these of them."""
    rows = published_sections(key) if among is None else published_sections(key).filter(pk__in=among)
    told = (f"version__article__{name}" for name in ("region", "collection__slug", "audience"))
    return {
        number: (digest, Label(region, collection, Audience(audience).or_fewer(published_for)))
        for number, digest, region, collection, audience, published_for in rows.values_list(
            "id", "digest", *told, "version__audience"
        )
    }


def vectors_in_rows(model: str, digests: Sequence[str]) -> dict[str, Matrix]:
    """Digest → vector, for those that are there."""
    return vectors_by_model([model], digests)[model]


def vectors_by_model(models: Collection[str], digests: Sequence[str]) -> dict[str, dict[str, Matrix]]:
    """The same for each of several models."""
    found: dict[str, dict[str, Matrix]] = {model: {} for model in models}
    for start in range(0, len(digests), _CHUNK):
        asked = {"models": list(models), "digests": list(digests[start : start + _CHUNK])}
        for model, digest, numbers in _vectors(**asked):
            found[model][digest] = np.frombuffer(numbers, np.float32)
    return found


def _compose_vectors(models: list[str], digests: list[str]) -> QuerySet[Any, Any]:
    return Vector.objects.filter(model__in=models, digest__in=digests).values_list("model", "digest", "numbers")


_vectors: Final = Prepared(_compose_vectors)


def _follow_rows(key: Shelf, held: _Held) -> bool:
    """Make a shelf equal to the rows; only the vectors that it has not yet are read. False where some are missing."""
    rows = labels_in_rows(key)
    held.drop([number for number in held.roll if number not in rows])
    new = {number: row for number, row in rows.items() if held.roll.label(number) != row[1]}
    vectors = vectors_in_rows(key.model, sorted({digest for digest, _label in new.values()}))
    for number, (digest, label) in new.items():
        if digest in vectors:
            held.put(number, vectors[digest], label)
    return all(digest in vectors for digest, _label in new.values())


def _stamp(key: Shelf) -> Hashable:
    """Changes whenever what is published in that language changes or is indexed anew."""
    return _stamps.first(site=key.site_id, language=key.language)


def _compose_stamp(site: int, language: str) -> "QuerySet[Article, tuple[Any, ...]]":
    rows = Article.objects.filter(site=site, language=language, published__isnull=False).order_by()
    of_all = {
        "count": Count("id"),
        "versions": Sum("published_id"),
        "indexed": Max("published__indexed_at"),
        "so_many": Count("published__indexed_at"),
    }
    return rows.values_list("site").annotate(**of_all).values_list(*of_all)


_stamps: Final = Prepared(_compose_stamp)
