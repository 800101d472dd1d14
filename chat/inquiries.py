"""Asking a colleague one question, where the assistant does not know and the site allows it (docs/asking.md).

A question is open while the conversation's `asked_seq` names it. The fold keeps that, so the customer's next message,
a claim or a call ends it in its own transaction, and nothing has to look for open ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Final

from django.db.models import F, Q

from supportsite.sites import staffing
from supportsite.sites.models import Member, Site
from supportsite.sites.rights import Right

from .inquiry_rows import Inquiry
from .log import ASSISTANT, Log
from .models import Conversation, Event, EventRole, Handler, Kind, Turn
from .sentences import Sentence, say

MOST_OPEN: Final = 3  # questions of a site at once: more are more than its people read in the minutes that they have


@dataclass(frozen=True)
class Ending:
    """How a question ended: `answered`, `unknown` (a colleague does not know), or `over`; and who ended it."""

    why: str
    name: str = ""


def ask(log: Log, turn: Turn) -> bool:
    """Ask whoever is online and may see the conversation what the turn could not answer; whether anybody was asked.

    Where a question is open already it takes this one in: two messages came close upon each other, each its own turn.
    """
    site = log.row.site
    if not site.ask_people:
        return False
    if log.state.asked_seq:
        _widen(Inquiry.objects.get(conversation=log.row, seq=log.state.asked_seq), turn)
        return True
    if _how_many_are_open(site) >= MOST_OPEN:
        return False
    asked = [member.public_id for member in _who_may_be_asked(log.row, log.now)]
    if not asked:
        return False
    event = log.append(Kind.ASKED, ASSISTANT, {"text": say(Sentence.ASKED_COLLEAGUE, log.state.language)})
    due_at = log.now + timedelta(minutes=site.ask_minutes)
    seqs = {"seq": event.seq, "from_seq": turn.from_seq, "upto_seq": turn.upto_seq}
    Inquiry.objects.create(conversation=log.row, **seqs, at=log.now, due_at=due_at, asked=asked)
    return True


def due(now: datetime) -> list[int]:
    """The row ids of open questions whose time is over."""
    late = Inquiry.objects.filter(conversation__asked_seq__gt=0, conversation__asked_seq=F("seq"), due_at__lte=now)
    return list(late.order_by("due_at").values_list("pk", flat=True)[:500])


def standing(rows: Iterable[Conversation]) -> dict[int, Inquiry]:
    """The open question of each of these conversations that has one; no query where none has."""
    asking = {row.pk: row.asked_seq for row in rows if row.asked_seq and row.handler == Handler.ASSISTANT}
    found = Inquiry.objects.filter(conversation__in=asking) if asking else ()
    return {one.conversation_id: one for one in found if one.seq == asking[one.conversation_id]}


def words(asking: Iterable[Inquiry]) -> dict[int, str]:
    """What the customers asked, by conversation, in one query; none where nothing is asked."""
    wanted = {one.conversation_id: one for one in asking}
    if not wanted:
        return {}
    which = reduce(or_, (Q(conversation=pk, seq__range=(one.from_seq, one.upto_seq)) for pk, one in wanted.items()))
    said = Event.objects.filter(which, kind=Kind.MESSAGE, role=EventRole.VISITOR).order_by("seq")
    lines: dict[int, list[str]] = {pk: [] for pk in wanted}
    for event in said:
        lines[event.conversation_id].append(event.body.get("text", ""))
    return {pk: "\n".join(texts) for pk, texts in lines.items()}


def ending(conversation_id: int, seq: int) -> Ending:
    """How the question that event `seq` told of ended."""
    reply = Event.objects.filter(conversation=conversation_id, kind=Kind.REPLIED, body__asked=seq).first()
    if reply is None:
        return Ending("over")
    return Ending("answered" if reply.body.get("text") else "unknown", reply.author_name)


def reply_to(conversation_id: int, from_seq: int, upto_seq: int) -> Event | None:
    """The reply that a turn for these messages brings to the customer; None for a turn that answers by itself."""
    inquiry = Inquiry.objects.filter(conversation=conversation_id, from_seq=from_seq, upto_seq=upto_seq).last()
    if inquiry is None:
        return None
    replies = Event.objects.filter(conversation=conversation_id, kind=Kind.REPLIED, body__asked=inquiry.seq)
    return next((event for event in replies if event.body.get("text")), None)


def others(site_id: int, public_id: str) -> tuple[str, ...]:
    """The names of a site's members without this one's."""
    there = Member.objects.filter(site=site_id).exclude(public_id=public_id)
    return tuple(there.values_list("name", flat=True))


def _widen(inquiry: Inquiry, turn: Turn) -> None:
    inquiry.from_seq = min(inquiry.from_seq, turn.from_seq)
    inquiry.upto_seq = max(inquiry.upto_seq, turn.upto_seq)
    inquiry.save(update_fields=["from_seq", "upto_seq"])


def _how_many_are_open(site: Site) -> int:
    return Conversation.objects.filter(site=site, asked_seq__gt=0, handler=Handler.ASSISTANT).count()


def _who_may_be_asked(row: Conversation, now: datetime) -> list[Member]:
    online = Member.objects.filter(pk__in=staffing.who_is_online(row.site_id, now)).order_by("pk")
    if row.team_id is None:
        return list(online)
    theirs = set(online.filter(teams=row.team_id).values_list("pk", flat=True))
    return [member for member in online if member.pk in theirs or member.may(Right.READ_EVERY_TEAM)]
