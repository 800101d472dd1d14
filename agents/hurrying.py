"""Customers who wait on somebody: who is gone loses them, who is there is reminded, and then others get them."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from agents.models import Presence
from agents.rounds import Place, fairly, is_to_remind, minutes, places, whole_minutes
from chat import waiting
from chat.models import Call, Conversation, Event, Handler, Kind
from supportsite.sites.models import Member
from supportsite.sites.rights import Right

_HAS_IT_SINCE: Final = (Kind.CLAIMED, Kind.TRANSFERRED, Kind.SNOOZED)  # each begins a person's minutes


@dataclass(frozen=True)
class Held:
    """A customer who waits on a member since `begin`; all but the times are row ids."""

    pk: int
    site: int
    member: int
    begin: dt.datetime
    reminded_at: dt.datetime | None


def let_go_of_the_vanished(now: dt.datetime, since: dt.datetime) -> None:
    """Who waits for somebody who is gone, may not answer any more, or was deleted, goes back to the queue."""
    held = _waiting_on_somebody().order_by("pk")
    # Once, and before the presences: who claims between two readings would be one of whom nobody knows any.
    holders = list(Member.objects.filter(pk__in=held.order_by().values("assignee")).select_related("user", "site"))
    seen = dict(Presence.objects.filter(member__in=holders).values_list("member", "seen_at"))
    gone = {member.pk: member for member in holders if _is_gone(member, seen.get(member.pk), since, now)}
    lost = held.filter(Q(assignee=None) | Q(assignee__in=gone)).values_list("pk", "site", "assignee")
    for pk, _site, assignee in fairly(lost, lambda one: one[1]):
        waiting.let_go(conversation_id=pk, member=gone.get(assignee) if assignee else None, now=now)


def hurry(now: dt.datetime, since: dt.datetime) -> None:
    """Who waits on somebody who is there: that person is reminded, then the conversation is everyone's.

    `since`: from when the server was there without a gap; nobody is late because it was down.
    """
    waits = _held(since)
    there = places({one.site: one.begin for one in reversed(waits)}, now)
    late = [one for one in waits if one.site in there and _is_late(one, there[one.site])]
    late.sort(key=lambda one: one.reminded_at or one.begin)
    members = Member.objects.in_bulk({one.member for one in late})
    for one in fairly(late, lambda one: one.site):
        if one.member in members:
            _hurry(one, members[one.member], there[one.site], now)


def _waiting_on_somebody() -> QuerySet[Conversation]:
    """What a member has or, deleted, had, whose customer waits for an answer or was promised this person."""
    called = Call.objects.filter(conversation=OuterRef("pk"), ended_at=None)
    return Conversation.objects.filter(Q(waiting_since__isnull=False) | Exists(called), handler=Handler.AGENT)


def _is_gone(member: Member, seen: dt.datetime | None, since: dt.datetime, now: dt.datetime) -> bool:
    if not member.user.is_active or not member.may(Right.ANSWER):
        return True
    return now - max(filter(None, (seen, since))) > minutes(member.site.away_after)


def _held(since: dt.datetime) -> list[Held]:
    """Who waits on somebody, the longest wait first; not what that person put aside until a time.

    Until the customer writes is no time: one who waits for the answer may never write again.
    """
    call = Call.objects.filter(conversation=OuterRef("pk"), ended_at=None)
    moved = Event.objects.filter(conversation=OuterRef("pk"), kind__in=_HAS_IT_SINCE)
    rows = _waiting_on_somebody().filter(snooze__until=None).exclude(assignee=None)
    told = rows.annotate(
        called_at=Subquery(call.values("at")[:1]),
        reminded_at=Subquery(call.values("reminded_at")[:1]),
        theirs_since=Subquery(moved.order_by("-seq").values("at")[:1]),
    ).values_list("pk", "site", "assignee", "called_at", "waiting_since", "theirs_since", "reminded_at")
    found = [
        Held(pk, site, member, max(filter(None, (called, since) if called else (waits, theirs, since))), reminded)
        for pk, site, member, called, waits, theirs, reminded in told
    ]
    return sorted(found, key=lambda one: (one.begin, one.pk))


def _is_late(one: Held, place: Place) -> bool:
    over = place.opened.since(one.begin) >= minutes(place.site.release_after)
    return over or is_to_remind(begin=one.begin, reminded_at=one.reminded_at, place=place)


def _hurry(one: Held, member: Member, place: Place, now: dt.datetime) -> None:
    waited = place.opened.since(one.begin)
    told = waiting.Waits(one.pk, member, one.begin, whole_minutes(waited))
    if waited >= minutes(place.site.release_after):
        waiting.take_back(told, now=now)
    else:
        waiting.remind_holder(told, reminded_at=one.reminded_at, now=now)
