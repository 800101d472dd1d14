"""What becomes of a question that the assistant asked its colleagues: a reply, "not me", "I don't know", or no word."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from chat import inquiries
from chat.assistant import colleague
from chat.clock import to_ms
from chat.inquiry_rows import Inquiry
from chat.log import Log, member_author
from chat.models import Kind
from chat.sentences import Sentence
from supportsite.sites.models import Member

from .assistant import offer_or_escalate
from .steps import (
    PAUSED,
    Done,
    Refused,
    done_with,
    escalate,
    is_paused,
    member_request,
    nothing_done,
    open_for_member,
    rows,
    turn_of_its_own,
)

NOT_ME: Final = "not_me"
UNKNOWN: Final = "unknown"


def reply(*, member: Member, conversation: str, client_id: str, asked: int, text: str, now: datetime) -> Done:
    """A member's reply to the question that event `asked` told of: a turn brings it to the customer.

    Raises Refused: not_found, not_allowed (it is over, or a word may be a name), already_claimed (another has replied),
    id_reused.
    """
    request = member_request(member, client_id, "reply", conversation, str(asked), text)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        inquiry = _open(log, asked)
        _names_nobody(member, text)
        event = log.append(
            Kind.REPLIED, member_author(member), {"asked": asked, "text": text}, visible="team", request=request
        )
        # What the customer writes meanwhile must not take the reply's place.
        turn_id = turn_of_its_own(log, inquiry.from_seq, inquiry.upto_seq)
        log.close()
        return done_with(log, event, turn_id=turn_id)


def decline(*, member: Member, conversation: str, client_id: str, asked: int, why: str, now: datetime) -> Done:
    """A member cannot answer: `not_me` leaves it to the others, `unknown` ends it, and so does the last who passes.

    Raises Refused: not_found, not_allowed (it is over), already_claimed (another has replied), id_reused.
    """
    request = member_request(member, client_id, "decline", conversation, str(asked), why)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        inquiry = _open(log, asked)
        if why == UNKNOWN:
            event = log.append(Kind.REPLIED, member_author(member), {"asked": asked}, visible="team", request=request)
            _in_vain(log)
            log.close()
            return done_with(log, event)
        inquiry.passed = sorted({*inquiry.passed, member.public_id})
        inquiry.save(update_fields=["passed"])
        if set(inquiry.asked) <= set(inquiry.passed):
            _in_vain(log)
            log.close()
        return nothing_done(log, request)


def end_inquiry(*, inquiry_id: int, now: datetime) -> bool:
    """Nobody replied in time: what would have happened without asking happens now; whether it did."""
    now = to_ms(now)
    with transaction.atomic():
        inquiry = Inquiry.objects.get(pk=inquiry_id)
        row = rows().filter(pk=inquiry.conversation_id, asked_seq=inquiry.seq).first()
        if row is None or inquiry.due_at > now:
            return False
        log = Log(row, now)
        _in_vain(log)
        log.close()
        return True


def _open(log: Log, asked: int) -> Inquiry:
    """The open question. Raises Refused where another has replied, or the conversation went on."""
    there = asked <= log.state.last_seq  # a number of a client's may be too large for the database
    inquiry = Inquiry.objects.filter(conversation=log.row, seq=asked).first() if there else None
    if inquiry is None:
        raise Refused("not_found", _("Nothing was asked there."))
    if log.state.asked_seq == asked:
        return inquiry
    ending = inquiries.ending(log.row.pk, asked)
    if ending.name:
        raise Refused("already_claimed", _("%(name)s has replied already.") % {"name": ending.name})
    raise Refused("not_allowed", _("This question is over: the conversation went on."))


def _names_nobody(member: Member, text: str) -> None:
    """Raises Refused where a word of a reply is a member's name as well: taken out, it might garble the reply."""
    if words := colleague.doubtful(text, member.name, inquiries.others(member.site_id, member.public_id)):
        told = {"words": ", ".join(f"“{word}”" for word in words)}
        raise Refused("not_allowed", _("A colleague's name, or a word? %(words)s: please write it otherwise.") % told)


def _in_vain(log: Log) -> None:
    if is_paused(log.row.site_id):
        escalate(log, (PAUSED,))
    else:
        offer_or_escalate(log, Sentence.ASKED_IN_VAIN)
