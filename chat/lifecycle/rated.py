"""What a customer thinks of a case that is over: 1 to 5, and a word on it for who wants."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from chat.clock import to_ms
from chat.log import Log, Request, digest_of, visitor_author
from chat.models import Event, EventRole, Handler, Kind
from chat.rating_rows import Rating
from supportsite.sites.models import Member, Site

from .steps import Done, Refused, done_with, nothing_done, repetition, rows


def rate(*, site: Site, visitor_id: str, client_id: str, score: int, now: datetime, comment: str = "") -> Done:
    """The visitor rates the case that was resolved last. The latest word on a case counts; the log keeps all.

    Raises Refused: not_found, not_allowed (it is not resolved), id_reused.
    """
    request = Request("v:" + visitor_id, client_id, digest_of("rating", str(score), comment))
    body = {"score": score, "comment": comment.strip()}
    with transaction.atomic():
        row = rows().filter(site=site, visitor__public_id=visitor_id).first()
        if row is None:
            raise Refused("not_found", _("There is nothing to rate here yet."))
        log = Log(row, to_ms(now))
        if repeated := repetition(row, request):
            return repeated
        if log.state.handler != Handler.CLOSED:
            raise Refused("not_allowed", _("You can rate this once it is resolved."))
        if _said_last(log) == body:
            return nothing_done(log, request)
        event = log.append(Kind.RATED, visitor_author(visitor_id), body, request=request)
        person = _who_answered(log)
        values = {
            "seq": event.seq, "score": score, "at": log.now, "by_person": person is not None,
            "member": Member.objects.filter(site=site, public_id=person).first() if person else None,
        }  # fmt: skip
        Rating.objects.update_or_create(conversation=row, case=log.state.case, defaults=values)
        log.close()
        return done_with(log, event)


def _said_last(log: Log) -> dict[str, object] | None:
    said = Event.objects.filter(conversation=log.row, case=log.state.case, kind=Kind.RATED).order_by("-seq").first()
    return said.body if said else None


def _who_answered(log: Log) -> str | None:
    """The public id of whom the customer met in this case: who wrote to them last, else who was there last."""
    theirs = Event.objects.filter(conversation=log.row, case=log.state.case, role=EventRole.AGENT).order_by("-seq")
    for kind in (Kind.MESSAGE, Kind.CLAIMED):
        if found := theirs.filter(kind=kind).values_list("author", flat=True).first():
            return found
    return None
