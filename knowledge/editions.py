"""The editions of a site's index: which one is searched, how it is made, and the sections that it cuts."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from supportsite.prepared import Prepared

from .embed import models_for
from .models import Article, Edition, EditionState, Section, Version
from .sectioning import sections_of
from .shelf import Shelf
from .split import VERSION, Piece


def live(site_id: int) -> Edition:
    """The edition that is searched now; one that is not stored and holds nothing where nothing was published yet.

    Whoever searches asks once: the old one stays for a while after a swap, so that no search sees parts of two.
    """
    return _live.first(site=site_id) or Edition(site_id=site_id, state=EditionState.LIVE)


def _compose_live(site: int) -> QuerySet[Edition]:
    return Edition.objects.filter(site_id=site, state=EditionState.LIVE)[:1]


_live: Final = Prepared(_compose_live)


def ensure_live(site_id: int) -> Edition:
    """The same, stored."""
    wanted = {"cut": VERSION, "embeddings": settings.TANDEM.embeddings, "live_at": timezone.now()}
    return Edition.objects.get_or_create(site_id=site_id, state=EditionState.LIVE, defaults=wanted)[0]


def live_sections(site_id: int) -> QuerySet[Section]:
    """The sections that are searched now, of every version that was published."""
    return Section.objects.filter(edition__site=site_id, edition__state=EditionState.LIVE)


def at_work(site_id: int) -> QuerySet[Edition]:
    """The editions that what is published belongs to: the live one first, then the one that is being built."""
    states = EditionState.LIVE, EditionState.BUILDING
    return Edition.objects.filter(site_id=site_id, state__in=states).order_by("-state")


def as_wanted(edition: Edition) -> bool:
    """Whether it is cut and read as this program and its settings would."""
    return (edition.cut, edition.embeddings) == (VERSION, settings.TANDEM.embeddings)


def wanted_shelves(edition: Edition) -> set[Shelf]:
    """The shelves that the site's published articles ask for."""
    rows = Article.objects.filter(site_id=edition.site_id, published__isnull=False).order_by()
    return {
        Shelf(edition.site_id, language, model, edition.pk)
        for language in rows.values_list("language", flat=True).distinct()
        for model in models_for(language, edition.embeddings)
    }


def published(site_id: int) -> QuerySet[Version]:
    """The versions that readers see."""
    return Version.objects.filter(
        pk__in=Article.objects.filter(site_id=site_id, published__isnull=False).values("published_id")
    )


def uncut(edition: Edition) -> QuerySet[Version]:
    """Published versions that have no sections of this edition yet."""
    return published(edition.site_id).exclude(pk__in=edition.sections.order_by().values("version_id"))


def stored_sections(version: Version, edition: Edition) -> list[Section]:
    """A version's sections as an edition has them, cut now where it has none."""
    found = list(edition.sections.filter(version=version).select_related("version"))
    if not found:
        cut(version, edition)
        found = list(edition.sections.filter(version=version).select_related("version"))
    return found


def cut(version: Version, edition: Edition, pieces: Sequence[Piece] | None = None) -> None:
    """Store a version's sections. Two who do it at once make the same, and one set stays."""
    made = sections_of(version, pieces)
    for section in made:
        section.edition = edition
    Section.objects.bulk_create(made, ignore_conflicts=True)
