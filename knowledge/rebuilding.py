"""A new edition of a site's index: built beside the one that is searched, checked, and swapped for it at once.

Everything that is done is in the rows or found again in the index, so after a kill the next run goes on where it was.
Only the process that writes the index (`index.owned()`) builds; any may ask for it.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from supportsite.sites.models import Site

from . import editions, index, indexing, lexicon
from .embed import E5, MINILM, ModelUnavailable
from .exact import ExactIndex, labels_in_rows, published_sections, vectors_in_rows
from .models import Edition, EditionState, Section, Vector
from .shelf import Index, Matrix, Shelf
from .split import VERSION

# An answer that is being written was found in the old edition: it stays for longer than any turn takes.
KEPT: Final = timedelta(minutes=10)
AGAIN: Final = timedelta(minutes=5)  # after a check that failed
_SLICE: Final = 500
_READ_AT_ONCE: Final = 32
_TRIED: Final = 8  # searches that are compared with the exact search, for each shelf
_NEAR: Final = 1e-3
_log = logging.getLogger(__name__)

Listing = Callable[[Shelf], list[int]]
# Edition → what a step has left to the next one, for to list it takes a large site longer than a step may take. It is
# lost with the process, and then listed again.
_lists: dict[int, dict[tuple[Listing, Shelf], list[int]]] = {}


@dataclass(frozen=True)
class Progress:
    """How far an edition is: its published versions that are cut, and its sections that every model has read."""

    cut: int
    versions: int
    read: int
    sections: int

    @property
    def share(self) -> float:
        """Between 0 and 1; cutting takes a fraction of the time that reading does."""
        cut = self.cut / self.versions if self.versions else 1.0
        return cut * (0.1 + 0.9 * self.read / self.sections) if self.sections else 0.1 * cut


def start(site: Site, *, now: datetime, again: bool = False) -> Edition | None:
    """Begin a new edition where the one that is searched is not made as it would be now, or `again` as it is.

    The one that is being built, where there is one already; one that is no longer wanted is given up. None: no need.
    """
    with transaction.atomic():
        live = Edition.objects.select_for_update(no_key=True).get(pk=editions.ensure_live(site.pk).pk)
        building = Edition.objects.filter(site=site, state=EditionState.BUILDING).first()
        if building and editions.as_wanted(building):
            if again:  # and at once, whatever was wrong with it before
                Edition.objects.filter(pk=building.pk).update(detail="", try_at=None)
                building.refresh_from_db()
            return building
        if building:
            _end(building, now)
        if editions.as_wanted(live) and not again:
            return None
        return Edition.objects.create(
            site=site, state=EditionState.BUILDING, cut=VERSION, embeddings=settings.TANDEM.embeddings, made_at=now
        )


def due(now: datetime) -> list[int]:
    """Editions to go on with, or to remove."""
    at_work = Q(state=EditionState.BUILDING) & (Q(try_at=None) | Q(try_at__lte=now))
    over = Q(state=EditionState.FORMER, former_at__lte=now - KEPT)
    return list(Edition.objects.filter(at_work | over).values_list("pk", flat=True))


def go_on(edition_id: int, *, now: datetime, seconds: float) -> bool:
    """What the task does for an edition that is due; True where more of it can be done now."""
    edition = Edition.objects.filter(pk=edition_id).first()
    try:
        if edition and edition.state == EditionState.BUILDING:
            return not step(edition, now=now, seconds=seconds) and edition_id in due(now)
        drop_former(now=now)
    except (index.Away, ModelUnavailable) as error:
        _log.warning("Edition %s waits: %s", edition_id, error or "Chroma is away")
    return False


def step(edition: Edition, *, now: datetime, seconds: float) -> bool:
    """Go on with an edition for about `seconds`, however slow the machine is by a slice at least; True once it is
    searched. Raises index.Away, ModelUnavailable.
    """
    end = time.monotonic() + seconds
    Edition.objects.filter(pk=edition.pk).exclude(detail="").update(detail="")  # an old complaint
    if not (_cut(edition, end) and _read(edition, end) and _place(edition, end)):
        return False
    _lists.pop(edition.pk, None)
    lexicon.current().warm(edition.site_id, edition.pk)
    return swap(edition, now=now)


def swap(edition: Edition, *, now: datetime) -> bool:
    """Search this edition from now on, if it holds what it should; what is wrong with it is kept on its row.

    One transaction: who is killed here leaves the old one searched, or the new one.
    """
    wanted = editions.wanted_shelves(edition)
    if any(_unread(shelf) for shelf in wanted):
        return False  # published since, or brought back: the next step reads it
    for shelf in wanted:
        indexing.fill(shelf, embed=False)
    if wrong := faults(edition):
        _put_off(edition, wrong, now)
        return False
    with indexing.writing, transaction.atomic():
        if editions.uncut(edition).exists():
            return False  # published since, and not indexed yet: the next step cuts it
        for old in Edition.objects.select_for_update(no_key=True).filter(site=edition.site_id, state=EditionState.LIVE):
            _end(old, now)
        at_work = Edition.objects.filter(pk=edition.pk, state=EditionState.BUILDING)
        at_work.update(state=EditionState.LIVE, live_at=now, detail="", try_at=None)
    _log.info("The index of site %s is edition %s now.", edition.site_id, edition.pk)
    return True


def faults(edition: Edition) -> list[str]:
    """What keeps an edition from being searched: counts, and some searches beside the exact search."""
    found = []
    for shelf in sorted(editions.wanted_shelves(edition), key=str):
        rows, here = labels_in_rows(shelf).keys(), index.current().ids(shelf)
        if rows != here:
            told = {"shelf": shelf, "rows": len(rows), "here": len(here)}
            found.append(_("%(shelf)s: %(rows)d sections, of which the index has %(here)d") % told)
        elif missed := _missed(shelf):
            told = {"shelf": shelf, "missed": missed}
            found.append(_("%(shelf)s: %(missed)d searches did not find what the exact search finds") % told)
    return found


def drop_former(*, now: datetime, kept: timedelta = KEPT) -> None:
    """Remove what has not been searched for a while, and vectors by models that no edition has. Raises index.Away."""
    for edition in Edition.objects.filter(state=EditionState.FORMER, former_at__lte=now - kept):
        for shelf in index.current().shelves(edition.site_id):
            if shelf.edition == edition.pk:
                index.current().drop(shelf)
        lexicon.current().forget(edition.pk)
        _lists.pop(edition.pk, None)
        while some := list(edition.sections.order_by().values_list("pk", flat=True)[:_SLICE]):
            Section.objects.filter(pk__in=some).delete()
        edition.delete()
        _drop_vectors()


def progress(edition: Edition) -> Progress:
    """How far an edition is."""
    versions = editions.published(edition.site_id).count()
    pairs = read = 0
    for shelf in editions.wanted_shelves(edition):
        sections = Section.objects.filter(edition=edition, version__article__language=shelf.language).order_by()
        read_by = Vector.objects.filter(model=shelf.model).values("digest")
        pairs, read = pairs + sections.count(), read + sections.filter(digest__in=read_by).count()
    return Progress(versions - editions.uncut(edition).count(), versions, read, pairs)


def _cut(edition: Edition, end: float) -> bool:
    for version in editions.uncut(edition).order_by("pk").iterator(chunk_size=_SLICE):
        editions.cut(version, edition)
        if time.monotonic() >= end:
            return False
        # Cutting holds the interpreter: sockets get their turn between two articles.
        time.sleep(0.002)
    return True


def _read(edition: Edition, end: float) -> bool:
    for shelf in sorted(editions.wanted_shelves(edition), key=str):
        left = _left_of(edition, shelf, _unread)
        while left:
            some = Section.objects.filter(pk__in=left[:_READ_AT_ONCE])
            indexing.vectors_of(shelf.model, list(some.select_related("version")))
            del left[:_READ_AT_ONCE]
            if time.monotonic() >= end:
                return False
    return True


def _place(edition: Edition, end: float) -> bool:
    """Put what is read on the new shelves, some at a time, so that what is published meanwhile need not wait long."""
    for shelf in sorted(editions.wanted_shelves(edition), key=str):
        left = _left_of(edition, shelf, _unplaced)
        while left:
            rows = labels_in_rows(shelf, left[:_SLICE])
            known = vectors_in_rows(shelf.model, sorted({digest for digest, _label in rows.values()}))
            there = [number for number in sorted(rows) if rows[number][0] in known]
            if there:
                vectors = np.stack([known[rows[number][0]] for number in there])
                index.current().upsert(shelf, there, vectors, [rows[number][1] for number in there])
            del left[:_SLICE]
            if time.monotonic() >= end:
                return False
    return True


def _left_of(edition: Edition, shelf: Shelf, listing: Listing) -> list[int]:
    """What is left of a list that is made once; whoever does some of it takes that off."""
    lists = _lists.setdefault(edition.pk, {})
    if (listing, shelf) not in lists:
        lists[listing, shelf] = listing(shelf)
    return lists[listing, shelf]


def _unread(shelf: Shelf) -> list[int]:
    read = Vector.objects.filter(model=shelf.model, digest=OuterRef("digest"))
    rows = published_sections(shelf).filter(~Exists(read))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _unplaced(shelf: Shelf) -> list[int]:
    published = published_sections(shelf).values_list("pk", flat=True)
    return sorted(set(published) - index.current().ids(shelf))


def _missed(shelf: Shelf) -> int:
    """How many searches, each halfway between two sections, find nothing as near as the exact search does."""
    ids = sorted(labels_in_rows(shelf))
    chosen = [ids[at * len(ids) // (2 * _TRIED)] for at in range(2 * _TRIED)] if ids else []
    digests = dict(Section.objects.filter(pk__in=chosen).values_list("pk", "digest"))
    vectors = vectors_in_rows(shelf.model, sorted(set(digests.values())))
    exact = ExactIndex(from_rows=True)
    halfway = [
        _unit(vectors[digests[one]] + vectors[digests[other]])
        for one, other in zip(chosen[::2], chosen[1::2], strict=True)
    ]
    return sum(_best(index.current(), shelf, one) < _best(exact, shelf, one) - _NEAR for one in halfway)


def _best(searched: Index, shelf: Shelf, vector: Matrix) -> float:
    return max((score for _number, score in searched.query(shelf, vector, 5)), default=-1.0)


def _unit(vector: Matrix) -> Matrix:
    return vector / (float(np.linalg.norm(vector)) or 1.0)


def _put_off(edition: Edition, wrong: list[str], now: datetime) -> None:
    """Make its shelves anew, a little later."""
    _log.error("Edition %s of site %s is not searched: %s", edition.pk, edition.site_id, "; ".join(wrong))
    for shelf in editions.wanted_shelves(edition):
        index.current().drop(shelf)
    Edition.objects.filter(pk=edition.pk).update(detail="\n".join(wrong), try_at=now + AGAIN)


def _end(edition: Edition, now: datetime) -> None:
    Edition.objects.filter(pk=edition.pk).update(state=EditionState.FORMER, former_at=now)


def _drop_vectors() -> None:
    """Vectors of built-in models stay: they are small, and the models always at hand."""
    used = set(Edition.objects.values_list("embeddings", flat=True))
    built_in = {MINILM, E5}
    for model in set(Vector.objects.values_list("model", flat=True).distinct()) - used - built_in:
        while some := list(Vector.objects.filter(model=model).values_list("pk", flat=True)[:_SLICE]):
            Vector.objects.filter(pk__in=some).delete()
