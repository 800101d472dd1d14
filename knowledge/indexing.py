"""Published versions to vectors and into the index. Every function may be run again, and mends what a crash left."""

import threading
import time
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
from django.db.models import Case, QuerySet, Value, When

from supportsite.sites.models import Site

from . import index, lexicon
from .embed import E5, MINILM, available, models_for, named
from .exact import labels_in_rows, vectors_in_rows
from .models import Article, Section, Vector, Version
from .shelf import Label, Matrix, Shelf
from .split import embedded_text

_SLICE = 64
# The one process that owns the index writes it by these functions only: of two versions of an article the later stays.
_writing = threading.Lock()


def index_version(version_id: int, *, now: datetime) -> None:
    """Make a version findable in place of the article's others; one that is no longer published is taken out.

    Only texts without a vector are embedded. `indexed_at` is written last: until then the sweep finds the version.
    """
    version = Version.objects.select_related("article__collection").filter(pk=version_id).first()
    if version is None:
        return
    article = version.article
    sections = list(version.sections.select_related("version"))
    for model in models_for(article.language):
        vectors = vectors_of(model, sections) if article.published_id == version.pk else {}
        _place(article, Shelf(article.site_id, article.language, model), sections, vectors)
    _place_words(article, sections)
    Version.objects.filter(pk=version_id).update(indexed_at=now)


def due() -> QuerySet[Version]:
    """Published versions not findable by every model yet. English comes last: `ensure` gave it to MiniLM first."""
    english_last = Case(When(article__language__startswith="en", then=Value(1)), default=Value(0))
    published = Article.objects.filter(published__isnull=False).values("published_id")
    return Version.objects.filter(pk__in=published, indexed_at__isnull=True).order_by(english_last, "pk")


def sweep(*, now: datetime, seconds: float) -> bool:
    """Index what is due for about `seconds`; True where something is left."""
    end = time.monotonic() + seconds
    for version_id in list(due().values_list("pk", flat=True)):
        if time.monotonic() >= end:
            return True
        index_version(version_id, now=now)
    return False


def ensure(site: Site) -> None:
    """What a first answer needs: every English article findable by MiniLM (other languages follow by the sweep)."""
    for language in _languages(site.pk):
        if MINILM in models_for(language):
            fill(Shelf(site.pk, language, MINILM))


def rebuild(site: Site, *, now: datetime) -> None:
    """Empty the site's shelves and fill them from the rows: every article by every model, and nothing else."""
    for shelf in wanted_shelves(site.pk) | index.current().shelves(site.pk):
        index.current().delete(shelf, sorted(index.current().ids(shelf)))
        fill(shelf)
    lexicon.current().forget()
    _published(site).filter(indexed_at__isnull=True).update(indexed_at=now)


def ask_for_rebuild(site: Site) -> int:
    """Where another process owns the index: have its sweep place every version anew. The number of versions."""
    for shelf in wanted_shelves(site.pk):
        vectors_of(shelf.model, list(Section.objects.filter(pk__in=labels_in_rows(shelf)).select_related("version")))
    return _published(site).update(indexed_at=None)


def mend(site: Site, *, embed: bool = True) -> None:
    """Make the site's shelves equal to the rows. Without `embed` only what has a vector already is put there."""
    for shelf in wanted_shelves(site.pk) | index.current().shelves(site.pk):
        fill(shelf, embed=embed)
    lexicon.current().follow(site.pk)


def fill(shelf: Shelf, *, embed: bool = True) -> None:
    """Make one shelf equal to the rows."""
    known: dict[str, Matrix] = {}
    if shelf.model in models_for(shelf.language):
        rows = labels_in_rows(shelf)
        if embed:
            vectors_of(shelf.model, list(Section.objects.filter(pk__in=rows).select_related("version")))
        known = vectors_in_rows(shelf.model, sorted({digest for digest, _ in rows.values()}))
    with _writing:
        here = index.current().ids(shelf)
        # Read again under the lock: what was published meanwhile is index_version's business, and is not taken off.
        rows = labels_in_rows(shelf)
        index.current().delete(shelf, sorted(here - rows.keys()))
        new = [number for number in sorted(rows.keys() - here) if rows[number][0] in known]
        if new:
            vectors = np.stack([known[rows[number][0]] for number in new])
            index.current().upsert(shelf, new, vectors, [rows[number][1] for number in new])


def wanted_shelves(site_id: int) -> set[Shelf]:
    """The shelves that the site's published articles ask for."""
    return {Shelf(site_id, language, model) for language in _languages(site_id) for model in models_for(language)}


def missing_models() -> tuple[str, ...]:
    """The models whose packages are not installed on this machine."""
    return tuple(model for model in (MINILM, E5) if not available(model))


def vectors_of(model: str, sections: Sequence[Section]) -> dict[int, Matrix]:
    """Section id → vector; texts that have none yet are embedded, and their vectors kept as rows."""
    texts = {section.digest: embedded_text(*section.titles(), section.text) for section in sections}
    known = vectors_in_rows(model, sorted(texts))
    missing = [digest for digest in texts if digest not in known]
    for part in _slices(missing):
        vectors = named(model).matrix([texts[digest] for digest in part], "passage")
        rows = [
            Vector(digest=digest, model=model, numbers=vector.tobytes())
            for digest, vector in zip(part, vectors, strict=True)
        ]
        Vector.objects.bulk_create(rows, ignore_conflicts=True)
        known.update(zip(part, vectors, strict=True))
    return {section.pk: known[section.digest] for section in sections}


def _place(article: Article, shelf: Shelf, sections: Sequence[Section], vectors: dict[int, Matrix]) -> None:
    """Put a version's sections on the shelf if it is still the published one, and take the article's others off."""
    with _writing:
        published, label = _published_now(article)
        stays = [s.pk for s in sections if s.version_id == published and s.pk in vectors]
        if stays:
            matrix = np.stack([vectors[number] for number in stays])
            index.current().upsert(shelf, stays, matrix, [label] * len(stays))
        index.current().delete(shelf, _others(article, published))


def _place_words(article: Article, sections: Sequence[Section]) -> None:
    """The same for the words, after every vector is there: until then the old text is found by both halves."""
    shelf = lexicon.shelf_of(article.site_id, article.language)
    with _writing:
        published, label = _published_now(article)
        lexicon.current().put(shelf, [s for s in sections if s.version_id == published], label)
        lexicon.current().drop(shelf, _others(article, published))


def _published_now(article: Article) -> tuple[int | None, Label]:
    row = Article.objects.filter(pk=article.pk).values_list("published_id", "collection__slug").first()
    published, collection = row or (None, "")
    return published, Label(article.region, collection)


def _others(article: Article, published: int | None) -> list[int]:
    """The article's sections that are not of the published version."""
    sections = Section.objects.filter(version__article=article)
    return list((sections.exclude(version_id=published) if published else sections).values_list("pk", flat=True))


def _published(site: Site) -> QuerySet[Version]:
    return Version.objects.filter(
        pk__in=Article.objects.filter(site=site, published__isnull=False).values("published_id")
    )


def _languages(site_id: int) -> set[str]:
    return set(
        Article.objects.filter(site_id=site_id, published__isnull=False).order_by().values_list("language", flat=True)
    )


def _slices(digests: Sequence[str]) -> Iterable[Sequence[str]]:
    return (digests[start : start + _SLICE] for start in range(0, len(digests), _SLICE))
