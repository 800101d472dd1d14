"""Presence: what a member says about being there, and what others are shown.

A console that goes away for a moment (a reload, a tunnel) changes nothing: who said "online" is shown as away only
when none of their consoles was connected for `GRACE`.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agents.models import Presence, State
from chat.lifecycle import Refused
from chat.log import Request, digest_of, keep_receipt
from chat.models import Receipt
from supportsite.sites.models import Member
from supportsite.sites.rights import RIGHTS, Right

GRACE = dt.timedelta(seconds=30)


def set_state(*, members: Sequence[Member], state: str, client_id: str, now: dt.datetime) -> dt.datetime:
    """Store what a person said, on each of their sites; when that was, also for the same `client_id` again.

    Raises Refused: id_reused.
    """
    request = Request(f"m:{members[0].public_id}", client_id, digest_of("presence", state))
    with transaction.atomic():
        first = Receipt.objects.filter(sender=request.sender, client_id=client_id).first()
        if first is None:
            keep_receipt(request, now)
            _store(members, state, now)
            return now
    if first.digest != request.digest:
        raise Refused("id_reused", _("This id was used for something else. Use a new one."))
    return first.at


def _store(members: Sequence[Member], state: str, now: dt.datetime) -> None:
    for member in members:
        values = {"state": State(state), "at": now, "seen_at": now}
        Presence.objects.update_or_create(member=member, defaults=values)


def arrive(*, members: Sequence[Member], now: dt.datetime) -> None:
    """A console of theirs connected. The first ever says "online"; later ones leave what was said."""
    for member in members:
        Presence.objects.get_or_create(member=member, defaults={"state": State.ONLINE, "at": now})
    touch(member_ids=[member.pk for member in members], now=now)


def touch(*, member_ids: Iterable[int], now: dt.datetime) -> None:
    """These have a console connected now; one statement for all."""
    Presence.objects.filter(member__in=list(member_ids)).update(seen_at=now)


def shown(presence: Presence, now: dt.datetime) -> str:
    """What others see: online only while a console was connected within the grace."""
    if presence.state != State.ONLINE:
        return str(presence.state)
    here = presence.seen_at is not None and now - presence.seen_at <= GRACE
    return str(State.ONLINE if here else State.AWAY)


def somebody_online(site_id: int, now: dt.datetime) -> bool:
    """Whether anybody who may answer on this site is shown as online."""
    return _online(site_id, now).exists()


def who_is_online(site_id: int, now: dt.datetime) -> list[int]:
    """The row ids of the members who may answer on this site and are shown as online."""
    return list(_online(site_id, now).order_by("member").values_list("member", flat=True))


def _online(site_id: int, now: dt.datetime) -> QuerySet[Presence]:
    answering = [role for role, rights in RIGHTS.items() if Right.ANSWER in rights]
    return Presence.objects.filter(
        member__site=site_id,
        member__role__in=answering,
        member__user__is_active=True,
        state=State.ONLINE,
        seen_at__gte=now - GRACE,
    )


def colleagues(site_ids: Iterable[int], now: dt.datetime) -> dict[int, dict[str, str]]:
    """What is shown of everyone on these sites who ever opened a console, by member row id; one query."""
    there = Presence.objects.filter(member__site__in=set(site_ids), member__user__is_active=True)
    return {
        row.member_id: {"agent": row.member.public_id, "name": row.member.name, "state": shown(row, now)}
        for row in there.select_related("member")
    }
