"""The exact search in numpy, over vectors that are rows: for whoever does not own Chroma's folder."""

import threading
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db.models import Count, Max, Sum

from .models import Article, Section, Vector
from .shelf import ANYWHERE, Label, Matrix, Shelf, Where

WIDTH = 384
_CHUNK = 500


@dataclass
class _Held:
    vectors: dict[int, Matrix] = field(default_factory=dict)
    labels: dict[int, Label] = field(default_factory=dict)
    stamp: Hashable = None
    ids: "np.ndarray[tuple[int], np.dtype[np.int64]] | None" = None
    matrix: Matrix | None = None

    def packed(self) -> tuple["np.ndarray[tuple[int], np.dtype[np.int64]]", Matrix]:
        if self.ids is None or self.matrix is None:
            order = sorted(self.vectors)
            self.ids = np.array(order, np.int64)
            self.matrix = np.stack([self.vectors[i] for i in order]) if order else np.empty((0, WIDTH), np.float32)
        return self.ids, self.matrix


class ExactIndex:
    """Every vector is compared. With `from_rows` a shelf is read from the rows, again whenever they have changed."""

    def __init__(self, *, from_rows: bool = False) -> None:
        self._from_rows = from_rows
        self._held: dict[Shelf, _Held] = {}
        self._lock = threading.RLock()

    def upsert(self, key: Shelf, ids: Sequence[int], vectors: Matrix, labels: Sequence[Label]) -> None:
        """See shelf.Index."""

        def put(held: _Held) -> None:
            for number, vector, label in zip(ids, vectors, labels, strict=True):
                held.vectors[number] = np.asarray(vector, np.float32)
                held.labels[number] = label

        self._change(key, put)

    def delete(self, key: Shelf, ids: Sequence[int]) -> None:
        """See shelf.Index."""

        def take(held: _Held) -> None:
            for number in ids:
                held.vectors.pop(number, None)
                held.labels.pop(number, None)

        self._change(key, take)

    def query(self, key: Shelf, vector: Matrix, n: int, where: Where = ANYWHERE) -> list[tuple[int, float]]:
        """See shelf.Index."""
        with self._lock:
            held = self._shelf(key)
            ids, matrix = held.packed()
            if where != ANYWHERE:
                chosen = np.array([where.admits(held.labels[int(i)]) for i in ids], bool)
                ids, matrix = ids[chosen], matrix[chosen]
        scores = matrix @ np.asarray(vector, np.float32)
        best = np.lexsort((ids, -scores))[:n]
        return [(int(ids[i]), float(scores[i])) for i in best]

    def ids(self, key: Shelf) -> set[int]:
        """See shelf.Index."""
        with self._lock:
            return set(self._shelf(key).vectors)

    def shelves(self, site_id: int) -> set[Shelf]:
        """See shelf.Index."""
        if self._from_rows:
            return {shelf for shelf in shelves_in_rows(site_id) if self.ids(shelf)}
        return {shelf for shelf, held in self._held.items() if shelf.site_id == site_id and held.vectors}

    def _change(self, key: Shelf, change: Callable[[_Held], None]) -> None:
        with self._lock:
            held = self._shelf(key)
            change(held)
            held.ids = held.matrix = None

    def _shelf(self, key: Shelf) -> _Held:
        stamp = _stamp(key) if self._from_rows else None
        held = self._held.get(key)
        if held is None or held.stamp != stamp:
            held = _read(key, stamp) if self._from_rows else _Held()
            self._held[key] = held
        return held


def shelves_in_rows(site_id: int) -> set[Shelf]:
    """Every shelf that the rows could fill: the site's languages with published articles, by each model known."""
    languages = Article.objects.filter(site_id=site_id, published__isnull=False).values_list("language", flat=True)
    models = list(Vector.objects.values_list("model", flat=True).distinct())
    return {Shelf(site_id, language, model) for language in languages.distinct() for model in models}


def labels_in_rows(key: Shelf) -> dict[int, tuple[str, Label]]:
    """Section id → (digest, label) of every section that is published on the shelf's site in its language."""
    rows = Section.objects.filter(
        version__article__site_id=key.site_id,
        version__article__language=key.language,
        version__id__in=Article.objects.filter(site_id=key.site_id).values("published_id"),
    ).values_list("id", "digest", "version__article__region", "version__article__collection__slug")
    return {number: (digest, Label(region, collection)) for number, digest, region, collection in rows.order_by()}


def vectors_in_rows(model: str, digests: Sequence[str]) -> dict[str, Matrix]:
    """Digest → vector, for those that are there."""
    found: dict[str, Matrix] = {}
    for start in range(0, len(digests), _CHUNK):
        rows = Vector.objects.filter(model=model, digest__in=digests[start : start + _CHUNK])
        for digest, numbers in rows.values_list("digest", "numbers"):
            found[digest] = np.frombuffer(numbers, np.float32)
    return found


def _read(key: Shelf, stamp: Hashable) -> _Held:
    held = _Held(stamp=stamp)
    sections = labels_in_rows(key)
    vectors = vectors_in_rows(key.model, sorted({digest for digest, _ in sections.values()}))
    for number, (digest, label) in sections.items():
        if digest in vectors:
            held.vectors[number] = vectors[digest]
            held.labels[number] = label
    return held


def _stamp(key: Shelf) -> Hashable:
    """Changes whenever what is published in that language changes or is indexed anew."""
    return tuple(
        Article.objects.filter(site_id=key.site_id, language=key.language, published__isnull=False)
        .aggregate(count=Count("id"), versions=Sum("published_id"), indexed=Max("published__indexed_at"))
        .values()
    )
