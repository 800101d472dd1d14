"""Asks for the pages of other sites to which articles link, slowly, and says which of them are dead.

A page that its site says is gone is dead at once. One that does not answer is dead once it has been asked twice, at
least a day apart, and another site has answered meanwhile: a server that may not go out finds nothing.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from . import indexing
from .documents.document import Reason, Unreadable
from .fetch import Fetcher
from .models import Failure, Import, ImportState, Inspection, OutsidePage

AGENT: Final = "TandemLinks"
# A check holds one of the worker's two threads: it is done before the next is due.
_SECONDS: Final = 8.0
_AGAIN: Final = timedelta(days=7)
_AGAIN_AFTER_FAILURE: Final = timedelta(days=1)
# Whoever was asked and did not come back (a crash) is asked again after this long.
_LEASE: Final = timedelta(hours=1)
_BETWEEN_TWO_OF_A_HOST: Final = timedelta(minutes=1)
_GONE: Final = (404, 410)
# Overloaded, or not for machines: it says nothing of the page.
_UNAVAILABLE: Final = 503
# Browsers mend a chain of certificates that is incomplete: what we cannot verify, readers may well see.
_UNVERIFIED: Final = "CERTIFICATE_VERIFY_FAILED"
_FAILURES: Final = {
    Reason.UNREACHABLE: Failure.SILENT,
    Reason.SLOW: Failure.SILENT,
    Reason.REDIRECTS: Failure.CIRCLES,
}


def ask_next(*, now: datetime) -> OutsidePage | None:
    """Ask for the page that is due first and keep how it answered; None where none is, or more urgent work waits."""
    if indexing.due().exists() or Import.objects.filter(state=ImportState.RUNNING).exists():
        return None
    page = due(now).first()
    if page is None or not _taken(page, now):
        return None
    status, failure = ask(page.address)
    keep(page, status, failure, now=now)
    return page


def due(now: datetime) -> QuerySet[OutsidePage]:
    """The pages to ask for, the first due first; of a host that was just asked none."""
    busy = OutsidePage.objects.filter(asked_at__gt=now - _BETWEEN_TWO_OF_A_HOST).values("host")
    linked = OutsidePage.objects.filter(due_at__lte=now, articles__isnull=False)
    return linked.exclude(host__in=busy).distinct().order_by("due_at", "pk")


def ask(address: str) -> tuple[int | None, Failure | None]:
    """The status that a page answers (None: nothing), and how it failed to open (None: not that we know)."""
    fetcher = Fetcher(seconds=_SECONDS, agent=AGENT, inside=False)
    try:
        status = fetcher.status(address)
    except Unreadable as error:
        return None, None if _UNVERIFIED in str(error.detail.get("why")) else _FAILURES.get(error.reason)
    finally:
        fetcher.close()
    if status in _GONE:
        return status, Failure.GONE
    return status, Failure.SILENT if status >= 500 and status != _UNAVAILABLE else None


def keep(page: OutsidePage, status: int | None, failure: Failure | None, *, now: datetime) -> None:
    """Keep how a page answered. Where that makes it dead or alive, the articles that link to it are looked at again."""
    before = page.is_dead, page.failure
    if status is not None:
        page.answered_at = now
    page.failing_since = (page.failing_since or now) if failure else None
    page.failure = failure or ""
    page.is_dead = _is_dead(page, now)
    page.due_at = now + (_AGAIN_AFTER_FAILURE if failure else _AGAIN)
    with transaction.atomic():
        page.save(update_fields=["answered_at", "failing_since", "failure", "is_dead", "due_at"])
        if (page.is_dead, page.failure) != before:
            Inspection.objects.filter(article__in=page.articles.values("pk")).update(at=None)
        if failure and not page.is_dead:
            _ask_another(page, now)


def _is_dead(page: OutsidePage, now: datetime) -> bool:
    if page.failure == Failure.GONE:
        return True
    if page.failing_since is None or now - page.failing_since < _AGAIN_AFTER_FAILURE:
        return False
    return _others(page).filter(answered_at__gte=page.failing_since).exists()


def _ask_another(page: OutsidePage, now: datetime) -> None:
    """Have a page of another host asked for that answered before, if none has since: does anybody answer us?"""
    if not _others(page).filter(answered_at__gte=page.failing_since).exists():
        witness = _others(page).filter(answered_at__isnull=False).order_by("-answered_at").first()
        if witness:
            OutsidePage.objects.filter(pk=witness.pk).update(due_at=now)


def _others(page: OutsidePage) -> QuerySet[OutsidePage]:
    return OutsidePage.objects.exclude(host=page.host)


def _taken(page: OutsidePage, now: datetime) -> bool:
    """Take it, unless another process was faster."""
    mine = OutsidePage.objects.filter(pk=page.pk, due_at=page.due_at)
    return bool(mine.update(due_at=now + _LEASE, asked_at=now))
