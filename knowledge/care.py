"""Care: looks at what was published since, keeps what it notices as findings, and lets curators put them aside."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import OperationalError, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from supportsite.sites.models import Site

from . import contradictions, duplicates, figures, indexing, links, nearby, outside, reviews
from .models import Article, Finding, FindingKind, FindingState, Inspection
from .noticed import Noticed

LONGEST_REASON: Final = 300
# What depends on other rows than the two texts, and what a crash left, is set right within this time.
_AGAIN_AFTER: Final = timedelta(hours=24)
# Making objects of ten thousand rows holds up every other thread for a second, and with them who waits for an answer.
_AT_ONCE: Final = 100
_UNCITED_AFTER: Final = timedelta(days=30)
_BY_DATE: Final = (FindingKind.REVIEW, FindingKind.UNCITED)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How many of the published articles were looked at as they are now."""

    looked_at: int
    of: int


def look(*, now: datetime, seconds: float) -> bool:
    """Look at the articles that are due, for about `seconds`; whether some are left.

    While versions wait to be indexed nothing is looked at: their sections are not among the others' neighbours yet.
    """
    if indexing.due().exists():
        return False
    end = time.monotonic() + seconds
    failed = []
    for article in list(_due(now)[:_AT_ONCE]):
        if time.monotonic() >= end:
            return True
        try:
            _look_at(article, now)
        except OperationalError:  # the database is away or busy: it is not the article's
            raise
        except Exception:  # the edge of the task: one article that breaks a look must not keep it from the others
            logger.exception("Care could not look at article %d, and tries again in a day.", article.pk)
            _put_off(article, now)
            failed.append(article.pk)
    return _due(now).exclude(pk__in=failed).exists()  # a look may have told others to look again


def look_at_dates(*, now: datetime, today: date) -> None:
    """What follows from a date alone: articles past review, and those that no answer has cited in 30 days."""
    published = Article.objects.filter(published__isnull=False).select_related("site", "published")
    late = reviews.due(published, today=today)
    silent = published.filter(cited_on=None, inspection__since__lte=now - _UNCITED_AFTER).select_related("inspection")
    noticed = [*map(_late, late), *map(_uncited, silent)]
    with transaction.atomic():
        _keep(noticed, Finding.objects.filter(kind__in=_BY_DATE), now)


def progress(sites: QuerySet[Site]) -> Progress:
    """How far the look at the sites' published articles is."""
    published = Article.objects.filter(site__in=sites, published__isnull=False)
    looked = published.filter(inspection__version=F("published"), inspection__at__gte=F("published__indexed_at"))
    return Progress(looked.count(), published.count())


def put_aside(finding: Finding, *, reason: str, by: User | None) -> None:
    """It is no mistake, until one of its texts changes. Raises ValidationError without a reason."""
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError(_("Say why: whoever looks next will want to know."))
    told: dict[str, Any] = {"reason": reason[:LONGEST_REASON], "put_aside_by": by}
    Finding.objects.filter(pk=finding.pk).update(state=FindingState.ASIDE, **told)


def bring_back(finding: Finding) -> None:
    """It is to be looked at after all."""
    Finding.objects.filter(pk=finding.pk).update(state=FindingState.OPEN, reason="", put_aside_by=None)


def _due(now: datetime) -> QuerySet[Article]:
    """Published articles not looked at as they are now, and withdrawn ones that were."""
    seen = Inspection.objects.filter(article=OuterRef("pk"), version=OuterRef("published"))
    fresh = seen.filter(at__gte=OuterRef("published__indexed_at"), at__gt=now - _AGAIN_AFTER)
    published = Q(published__isnull=False, published__indexed_at__isnull=False) & ~Exists(fresh)
    withdrawn = Q(published__isnull=True, inspection__isnull=False)
    return Article.objects.filter(published | withdrawn).select_related("site", "published").order_by("pk")


def _look_at(article: Article, now: datetime) -> None:
    """Notice outside of the transaction: whoever writes meanwhile waits for some rows at most."""
    before = list(Finding.objects.filter(Q(article=article) | Q(other=article)).exclude(kind__in=_BY_DATE))
    noticed = [*links.broken(article), *outside.dead(article), *_pairs(article, before)]
    with transaction.atomic():
        kept = Article.objects.select_for_update(no_key=True).get(pk=article.pk)
        if kept.published_id != article.published_id:
            return  # another version meanwhile: due again
        _tell_neighbours(article)
        outside.keep_pages(article, now)
        _keep(noticed, before, now)
        if article.published_id is None:
            Finding.objects.filter(Q(article=article) | Q(other=article)).delete()
            Inspection.objects.filter(article=article).delete()
        else:
            seen = {"version": article.published, "at": now}
            Inspection.objects.update_or_create(article=article, defaults=seen, create_defaults=seen | {"since": now})


def _put_off(article: Article, now: datetime) -> None:
    """Take it as looked at, and leave its findings as they are."""
    if article.published is not None:
        seen = {"version": article.published, "at": now}
        Inspection.objects.update_or_create(article=article, defaults=seen, create_defaults=seen | {"since": now})


def _pairs(article: Article, before: Iterable[Finding]) -> list[Noticed]:
    """What two articles together show. Those that it was in a pair with are looked at, however far they are now."""
    known = {pk for row in before for pk in (row.article_id, row.other_id) if pk and pk != article.pk}
    near = list(nearby.near(article, sorted(known)))
    return [*duplicates.duplicates(near), *contradictions.contradictions(near), *figures.differing(article)]


def _tell_neighbours(article: Article) -> None:
    """Where the article has another text than at the last look, those that link to it are to be looked at again."""
    last = Inspection.objects.filter(article=article).first()
    if last is not None and last.version_id == article.published_id:
        return
    waiting = Finding.objects.filter(site=article.site, kind=FindingKind.LINK, target=article.slug)
    again = Inspection.objects.filter(article__in=waiting.values("article"))
    if last is not None:
        again = again | Inspection.objects.filter(article__in=links.linking(article).values("pk"))
    again.exclude(article=article).update(at=None)


def _keep(noticed: Iterable[Noticed], before: Iterable[Finding], now: datetime) -> None:
    """Make rows of what was noticed; those `before` that were not noticed again go. What is there stays as it was.

    `before` is read before the noticing: what another look finds meanwhile is its own to keep.
    """
    new = {(one.article.site_id, one.key): one for one in noticed}
    there = {(row.site_id, row.key): row.pk for row in before}
    Finding.objects.filter(pk__in=[pk for name, pk in there.items() if name not in new]).delete()
    rows = [_row(one, now) for name, one in new.items() if name not in there]
    Finding.objects.bulk_create(rows, ignore_conflicts=True)


def _row(one: Noticed, now: datetime) -> Finding:
    return Finding(
        site=one.article.site,
        kind=one.kind,
        article=one.article,
        anchor=one.anchor,
        other=one.other,
        other_anchor=one.other_anchor,
        target=one.target,
        detail=dict(one.detail),
        key=one.key,
        seen_at=now,
    )


def _late(article: Article) -> Noticed:
    on = str(article.review_on)
    return Noticed(FindingKind.REVIEW, article, [on], detail={"date": on})


def _uncited(article: Article) -> Noticed:
    since = article.inspection.since.date().isoformat()
    return Noticed(FindingKind.UNCITED, article, [since, str(article.published_id)], detail={"date": since})
