"""The queue as a customer sees it: their place, and how long it has taken lately until a person wrote."""

import statistics
import time
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce, Least

from supportsite.sites import staffing
from supportsite.sites.hours import Opened
from supportsite.sites.models import Site

from .models import Call, Conversation, Handler

MEASURED_FOR: Final = timedelta(weeks=4)
FEWEST: Final = 5  # of fewer nobody can say what is usual
MOST: Final = 500
_KEPT_S: Final = 60.0
_known: dict[int, tuple[float, int | None]] = {}


def queues(conversation_ids: list[int], now: datetime) -> dict[int, tuple[str, dict[str, Any]]]:
    """Of those that wait: conversation's row id to its public id and the `queue` of its frame.

    The place counts from 1 in the site's queue. `wait_s` is null where it is unknown: nobody is there, or too few waits
    were measured.
    """
    mine = Conversation.objects.filter(pk__in=conversation_ids, handler=Handler.QUEUE)
    sites = Site.objects.in_bulk(set(mine.values_list("site_id", flat=True)))
    waiting = Conversation.objects.filter(site_id__in=sites, handler=Handler.QUEUE)
    # Whoever was answered and then given back to the queue waits from the call that this made, whatever they write.
    called = Subquery(Call.objects.filter(conversation=OuterRef("pk"), ended_at=None).values("at"))
    first = Least(Coalesce("waiting_since", called), Coalesce(called, "waiting_since"))
    ordered = waiting.order_by(first.asc(nulls_last=True), "pk")
    places: dict[int, tuple[str, dict[str, Any]]] = {}
    counts = dict.fromkeys(sites, 0)
    waits = {pk: expected(site, now) for pk, site in sites.items()}
    for pk, public_id, site_id in ordered.values_list("pk", "public_id", "site_id"):
        counts[site_id] += 1
        places[pk] = (public_id, {"position": counts[site_id], "wait_s": waits[site_id]})
    return {pk: places[pk] for pk in conversation_ids if pk in places}


def expected(site: Site, now: datetime) -> int | None:
    """In seconds, how long who is called for now is likely to wait; None where nobody can say, or it closes before."""
    if not site.hours.is_open(now) or not staffing.somebody_online(site.pk, now):
        return None
    measured_at, wait = _known.get(site.pk, (0.0, None))
    if time.monotonic() - measured_at > _KEPT_S or site.pk not in _known:
        wait = measured(site, now)
        _known[site.pk] = (time.monotonic(), wait)
    by = None if wait is None else now + timedelta(seconds=wait)
    return wait if by and site.hours.after(now, by - now) == by else None


def measured(site: Site, now: datetime) -> int | None:
    """The median of the opening time in seconds from a call until a person wrote, over the last four weeks.

    Of calls in opening hours alone; nights, weekends and holidays are no wait, as they are none for reminders.
    """
    calls = Call.objects.filter(conversation__site=site, why="escalated", at__gt=now - MEASURED_FOR)
    times = list(calls.exclude(answered_at=None).order_by("-at").values_list("at", "answered_at")[:MOST])
    hours, opened = site.hours, Opened(site.hours, earliest=now - MEASURED_FOR, now=now)
    waits = [opened.since(at) - opened.since(answered) for at, answered in times if answered and hours.is_open(at)]
    return round(statistics.median(wait.total_seconds() for wait in waits)) if len(waits) >= FEWEST else None
