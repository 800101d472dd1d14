"""What a customer thinks of a case that is over: 1 to 5, and a word on it for who wants."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chat.clock import to_ms
from chat.identity import Claims
from chat.log import Log, Request, digest_of, visitor_author
from chat.models import Conversation, Event, EventRole, Handler, Kind
from chat.rating_rows import Rating
from supportsite.sites.models import Member, Site

from .steps import Done, Refused, done_with, nothing_done, repetition, rows


@dataclass(frozen=True)
class Rated:
    """Which case is meant: the one that the event `seq` of a log ended, else the one that was resolved last.

    `conversation` is the log's public id, else it is the visitor's own.
    """

    seq: int | None = None
    conversation: str | None = None


LAST: Final = Rated()


def rate(
    *,
    site: Site,
    visitor_id: str,
    client_id: str,
    score: int,
    now: datetime,
    comment: str = "",
    rated: Rated = LAST,
    claims: Claims | None = None,
) -> Done:
    """The visitor rates a resolved case of their own log, or of any log of the customer whom `claims` name.

    The latest word on a case counts; the log keeps all.
    Raises Refused: not_found, not_allowed (it is not resolved, or not theirs), id_reused.
    """
    with transaction.atomic():
        row = _theirs(site, visitor_id, claims, rated.conversation)
        # By the log and not by the socket: sent again from the customer's home it is still the same request.
        owner = row.visitor.public_id
        request = Request("v:" + owner, client_id, _digest(score, comment, rated))
        log = Log(row, to_ms(now))
        if repeated := repetition(row, request):
            return repeated
        end = _end(log, rated.seq)
        body = {"score": score, "comment": comment.strip(), "resolved": end.seq}
        if _said_last(end) == (body["score"], body["comment"]):
            return nothing_done(log, request)
        event = log.append(Kind.RATED, visitor_author(owner), body, request=request)
        person = _who_answered(end)
        values = {
            "seq": event.seq, "score": score, "at": log.now, "by_person": person is not None,
            "member": Member.objects.filter(site=site, public_id=person).first() if person else None,
        }  # fmt: skip
        Rating.objects.update_or_create(conversation=row, case=end.case, defaults=values)
        log.close()
        return done_with(log, event)


def _digest(score: int, comment: str, rated: Rated) -> str:
    named = () if rated == LAST else (str(rated.seq), str(rated.conversation))
    return digest_of("rating", str(score), comment, *named)


def _theirs(site: Site, visitor_id: str, claims: Claims | None, conversation: str | None) -> Conversation:
    """The log that is meant, locked. A customer has one on each device where they wrote before they logged in."""
    mine = Q(visitor__public_id=visitor_id)
    if conversation is None:
        row = rows().filter(mine, site=site).first()
        if row is None:
            raise Refused("not_found", _("There is nothing to rate here yet."))
        return row
    if claims:
        mine |= Q(visitor__customer__external_id=claims.id)
    row = rows().filter(mine, site=site, public_id=conversation).first()
    if row is None:
        raise _not_theirs()
    return row


def _end(log: Log, seq: int | None) -> Event:
    """The event that ended the case that is meant, also where another one has begun since."""
    ends = Event.objects.filter(conversation=log.row, kind=Kind.RESOLVED)
    if seq is None:
        if log.state.handler != Handler.CLOSED:
            raise Refused("not_allowed", _("You can rate this once it is resolved."))
        return ends.latest("seq")
    end = ends.filter(seq=seq).first()
    if end is None:
        raise _not_theirs()
    return end


def _not_theirs() -> Refused:
    return Refused("not_allowed", _("You can only rate what was resolved in a conversation of yours."))


def _said_last(end: Event) -> tuple[int, str] | None:
    """The customer's latest word on the case that `end` ended; it may stand in a later one."""
    case = Rating.objects.filter(conversation=end.conversation_id, case=end.case)
    said = Event.objects.filter(conversation=end.conversation_id, seq__in=case.values("seq")).first()
    return (said.body["score"], said.body["comment"]) if said else None


def _who_answered(end: Event) -> str | None:
    """The public id of whom the customer met in that case: who wrote to them last, else who was there last."""
    case = Event.objects.filter(conversation=end.conversation_id, case=end.case)
    theirs = case.filter(role=EventRole.AGENT).order_by("-seq")
    for kind in (Kind.MESSAGE, Kind.CLAIMED):
        if found := theirs.filter(kind=kind).values_list("author", flat=True).first():
            return found
    return None
