"""Published versions to vectors and into the index. Every function may be run again, and mends what a crash left."""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Case, QuerySet, Value, When

from supportsite.sites.alone import Alone
from supportsite.sites.models import Site

from . import editions, index, lexicon, widths
from .embed import E5, MINILM, ModelUnavailable, available, models_for, named
from .exact import labels_in_rows, vectors_in_rows
from .models import Article, Edition, EditionState, Section, Vector, Version
from .shelf import Label, Matrix, Shelf
from .split import embedded_text

_SLICE = 64
# Who writes the index does so by these functions only: of two versions of an article the later stays.
writing = Alone("index")
# Versions of which all is done but Chroma, which is away.
_waiting: set[int] = set()
# Versions that a model could not read since the sweep began: it goes on with the others, and the next one tries again.
_unreadable: set[int] = set()
_log = logging.getLogger(__name__)


def index_version(version_id: int, *, now: datetime) -> None:
    """Make a version findable in place of the article's others; one that is no longer published is taken out.

    Only texts without a vector are embedded. `indexed_at` is written last: until then the sweep finds the version.

    While Chroma is away everything else is done, so that the exact search finds it, and it stays due. Raises
    ModelUnavailable where the edition that is searched cannot be read; one that is built is read by its own steps.
    """
    version = Version.objects.select_related("article__collection").filter(pk=version_id).first()
    if version is None:
        return
    filed = _published_now(version.article)
    try:
        for edition in editions.at_work(version.article.site_id):
            _index_in_any(edition, version)
    except index.Away:
        _waiting.add(version_id)
        return
    with transaction.atomic():
        # Filed otherwise meanwhile, it stays due.
        Article.objects.select_for_update(no_key=True).get(pk=version.article_id)
        if _published_now(version.article) == filed:
            Version.objects.filter(pk=version_id).update(indexed_at=now)


def due() -> QuerySet[Version]:
    """Published versions not findable by every model yet. English comes last: `ensure` gave it to MiniLM first."""
    english_last = Case(When(article__language__startswith="en", then=Value(1)), default=Value(0))
    published = Article.objects.filter(published__isnull=False).values("published_id")
    return Version.objects.filter(pk__in=published, indexed_at__isnull=True).order_by(english_last, "pk")


def sweep(*, now: datetime, seconds: float) -> bool:
    """Index what is due for about `seconds`; True where something is left that can be done now."""
    end = time.monotonic() + seconds
    if not index.away():
        _waiting.clear()
    for version_id in list(due().exclude(pk__in=_waiting | _unreadable).values_list("pk", flat=True)):
        if time.monotonic() >= end:
            return True
        try:
            index_version(version_id, now=now)
        except ModelUnavailable as error:
            _log.warning("Version %s waits: %s", version_id, error)
            _unreadable.add(version_id)
    _unreadable.clear()
    return False


def ensure(site: Site) -> None:
    """What a first answer needs: every English article findable by MiniLM (other languages follow by the sweep)."""
    for shelf in editions.wanted_shelves(editions.live(site.pk)):
        if shelf.model == MINILM:
            read(shelf)
            if index.owned() or not settings.TANDEM.is_shared:
                _fill_if_there(shelf)


def mend(site: Site, *, embed: bool = True) -> None:
    """Make what is searched equal to the rows. Without `embed` only what has a vector already is put there.

    Shelves of editions that are no more are removed. Raises index.Away.
    """
    live, wanted = editions.live(site.pk), editions.wanted_shelves(editions.live(site.pk))
    known = set(Edition.objects.filter(site=site).values_list("pk", flat=True))
    for shelf in wanted | index.current().shelves(site.pk):
        if shelf.edition not in known:
            index.current().drop(shelf)
        elif shelf.edition == live.pk:
            fill(shelf, embed=embed)
    lexicon.current().follow(site.pk)


def fill(shelf: Shelf, *, embed: bool = True) -> None:
    """Make one shelf equal to the rows. Raises index.Away."""
    if embed:
        read(shelf)
    filed = index.current().labels(shelf)  # takes long on a large site: once, and not under the lock
    known = vectors_in_rows(shelf.model, sorted(set(_lacking(labels_in_rows(shelf), filed).values())))
    with writing:
        here = index.current().ids(shelf)
        # Read again under the lock: what was published meanwhile is index_version's business, and is not taken off.
        rows = labels_in_rows(shelf)
        index.current().delete(shelf, sorted(here - rows.keys()))
        still = {number: label for number, label in filed.items() if number in here}
        new = [number for number, digest in sorted(_lacking(rows, still).items()) if digest in known]
        if new:
            vectors = np.stack([known[rows[number][0]] for number in new])
            index.current().upsert(shelf, new, vectors, [rows[number][1] for number in new])


def _lacking(rows: Mapping[int, tuple[str, Label]], filed: Mapping[int, Label]) -> dict[int, str]:
    """Sections that a shelf has not, or filed otherwise, with their digests."""
    return {number: digest for number, (digest, label) in rows.items() if filed.get(number) != label}


def read(shelf: Shelf) -> None:
    """Store the vectors that a shelf's sections lack."""
    vectors_of(shelf.model, list(Section.objects.filter(pk__in=labels_in_rows(shelf)).select_related("version")))


def missing_models() -> tuple[str, ...]:
    """The models whose packages are not installed on this machine."""
    return tuple(model for model in (MINILM, E5) if not available(model))


def vectors_of(model: str, sections: Sequence[Section]) -> dict[int, Matrix]:
    """Section id → vector; texts that have none yet are embedded, and their vectors kept as rows."""
    texts = {section.digest: embedded_text(*section.titles(), section.text) for section in sections}
    known = vectors_in_rows(model, sorted(texts))
    missing = [digest for digest in texts if digest not in known]
    for part in _slices(missing):
        vectors = widths.checked(model, named(model).matrix([texts[digest] for digest in part], "passage"))
        rows = [
            Vector(digest=digest, model=model, numbers=vector.tobytes())
            for digest, vector in zip(part, vectors, strict=True)
        ]
        Vector.objects.bulk_create(rows, ignore_conflicts=True)
        known.update(zip(part, vectors, strict=True))
    return {section.pk: known[section.digest] for section in sections}


def _index_in_any(edition: Edition, version: Version) -> None:
    try:
        _index_in(edition, version)
    except ModelUnavailable as error:
        if edition.state != EditionState.BUILDING:
            raise
        _log.warning("Edition %s is read later: %s", edition.pk, error)
        lexicon.current().forget(edition.pk)  # read again before the swap, with these words


def _index_in(edition: Edition, version: Version) -> None:
    """Everything that makes a version findable in one edition; the words also where Chroma is away."""
    article = version.article
    is_published = article.published_id == version.pk
    sections = editions.stored_sections(version, edition) if is_published else []
    models = models_for(article.language, edition.embeddings)
    vectors = {model: vectors_of(model, sections) for model in models}
    try:
        for model in models:
            _place(article, Shelf(article.site_id, article.language, model, edition.pk), sections, vectors[model])
    finally:
        _place_words(article, edition, sections)


def _place(article: Article, shelf: Shelf, sections: Sequence[Section], vectors: dict[int, Matrix]) -> None:
    """Put a version's sections on the shelf if it is still the published one, and take the article's others off."""
    with writing:
        published, label = _published_now(article)
        stays = [s.pk for s in sections if s.version_id == published and s.pk in vectors]
        if stays:
            matrix = np.stack([vectors[number] for number in stays])
            index.current().upsert(shelf, stays, matrix, [label] * len(stays))
        index.current().delete(shelf, _others(article, shelf.edition, published))


def _place_words(article: Article, edition: Edition, sections: Sequence[Section]) -> None:
    """The same for the words, after every vector is there: until then the old text is found by both halves."""
    shelf = lexicon.shelf_of(article.site_id, article.language, edition.pk)
    with writing:
        published, label = _published_now(article)
        lexicon.current().put(shelf, [s for s in sections if s.version_id == published], label)
        lexicon.current().drop(shelf, _others(article, edition.pk, published))


def _published_now(article: Article) -> tuple[int | None, Label]:
    row = Article.objects.filter(pk=article.pk).select_related("published", "collection").first()
    if row is None:
        return None, Label(article.region, "", "")
    return row.published_id, Label(article.region, row.collection.slug, row.shown_to)


def _others(article: Article, edition: int, published: int | None) -> list[int]:
    """The article's sections of this edition that are not of the published version."""
    sections = Section.objects.filter(version__article=article, edition=edition)
    return list((sections.exclude(version_id=published) if published else sections).values_list("pk", flat=True))


def _fill_if_there(shelf: Shelf) -> None:
    try:
        fill(shelf, embed=False)
    except index.Away:
        return  # The rows are searched, and the sweep fills it when Chroma is back.


def _slices(digests: Sequence[str]) -> Iterable[Sequence[str]]:
    return (digests[start : start + _SLICE] for start in range(0, len(digests), _SLICE))
