"""The one door for writes: every verb that changes a conversation, one transaction each (docs/log.md).

A verb checks, appends, updates the cached row and rings the readers after the commit. Sockets, REST, admin, tasks and
tests call these; nobody else writes the rows of a conversation.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from knowledge import citations
from supportsite.sites import audience
from supportsite.sites.models import Member, Site, Team
from supportsite.sites.rights import Right

from . import gaps, mood, reception, triggers
from .action_rows import StandingRow
from .assistant import language
from .clock import stamp, to_ms
from .log import (
    ASSISTANT,
    OPEN_TURNS,
    SYSTEM,
    Author,
    Log,
    Opened,
    Request,
    digest_of,
    keep_receipt,
    member_author,
    new_turn,
    of_visitor,
    visitor_author,
    was_done,
)
from .models import (
    Call,
    Conversation,
    ConversationQuerySet,
    Escalation,
    Event,
    EventRole,
    Handler,
    Kind,
    Receipt,
    Turn,
    TurnState,
    Visitor,
)
from .sentences import Sentence, say
from .summary import summarise
from .triggers import Reason
from .weighing import Policy, calling

MOST_RESTARTS: Final = 2
JOIN_WITHIN: Final = timedelta(seconds=8)
SILENT_WITH_ASSISTANT: Final = timedelta(hours=24)
SILENT_WITH_AGENT: Final = timedelta(hours=72)
LONGEST_SNOOZE: Final = timedelta(days=366)
PAUSED: Final = Reason("paused", 1.0, "")
AWAY: Final = "away"
_EVENTS_SUMMARISED: Final = 40
_SAID_OF: Final = {"failed": Sentence.FAILED, "paused": Sentence.PAUSED, AWAY: Sentence.AWAY}


class Refused(Exception):
    """A request that cannot be done. `code` is one of the protocol's error codes, `message` is for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Done:
    """What a verb did. `seq` is None where it made no event, `turn_id` where no turn; `upto` is the newest."""

    at: datetime
    conversation_id: int | None = None
    public_id: str | None = None
    seq: int | None = None
    turn_id: int | None = None
    made: bool = False
    repeated: bool = False
    upto: int = 0


@dataclass(frozen=True)
class Where:
    """Where a visitor is as they write: for the conversation's row, when it is made."""

    locale: str = ""
    page: str = ""


# --- visitors -------------------------------------------------------------------------------------------------------


def post_message(
    *, site: Site, visitor_id: str, client_id: str, text: str, now: datetime, where: Where = Where()
) -> Done:
    """A visitor's message: stored, mood scored, and either a turn queued or a person called."""
    now = to_ms(now)
    request = Request("v:" + visitor_id, client_id, digest_of("message", text))
    scored = mood.score(text)
    with transaction.atomic():
        opened = _open_for_visitor(site, visitor_id, request, now, where)
        if opened.done_before:
            return _first_ack(opened.row, request)
        log = Log(opened.row, now, newcomer=visitor_id if opened.made else "")
        was_offered, begins = log.state.offered, opened.made or log.state.handler == Handler.CLOSED
        if log.state.handler == Handler.CLOSED:
            log.append(Kind.REOPENED, visitor_author(visitor_id), {"handler": Handler.ASSISTANT.value})
        body: dict[str, Any] = {"text": text, "mood": scored, "language": language.quick(text, log.state.language)}
        message = log.append(Kind.MESSAGE, visitor_author(visitor_id), body, request=request)
        turn_id = None
        if log.state.handler == Handler.ASSISTANT:
            away = _away(log, visitor_id, where.page, body["language"]) if begins else ()
            if reasons := _reasons_now(site, log, text, was_offered, opened.is_paused) or away:
                _escalate(log, reasons)
            else:
                turn_id = _queue_turn(log, message.seq, has_open=opened.has_open_turn)
        elif "@" in text:
            _take_address(log, text)
        log.close()
        return _done(log, message, turn_id=turn_id, made=opened.made)


def ask_for_person(*, site: Site, visitor_id: str, client_id: str, now: datetime, where: Where = Where()) -> Done:
    """The button "Talk to a person"."""
    now = to_ms(now)
    request = Request("v:" + visitor_id, client_id, digest_of("person"))
    with transaction.atomic():
        opened = _open_for_visitor(site, visitor_id, request, now, where)
        if opened.done_before:
            return _first_ack(opened.row, request)
        log = Log(opened.row, now, newcomer=visitor_id if opened.made else "")
        if log.state.handler in (Handler.QUEUE, Handler.AGENT):
            return _nothing(log, request)
        if log.state.handler == Handler.CLOSED:
            log.append(Kind.REOPENED, visitor_author(visitor_id), {"handler": Handler.ASSISTANT.value})
        event = _escalate(log, (Reason("asked", 1.0, "button"),), request=request)
        log.close()
        return _done(log, event, made=opened.made)


def cancel_person(*, site: Site, visitor_id: str, client_id: str, now: datetime) -> Done:
    """Take the wish for a person back, while nobody has claimed.

    Raises Refused: already_claimed.
    """
    now = to_ms(now)
    request = Request("v:" + visitor_id, client_id, digest_of("cancel_person"))
    with transaction.atomic():
        row = _rows().filter(site=site, visitor__public_id=visitor_id).first()
        if row is None:
            return Done(at=now)
        if repeated := _repetition(row, request):
            return repeated
        log = Log(row, now)
        if log.state.handler == Handler.AGENT:
            raise Refused("already_claimed", _("%(name)s is already here.") % {"name": log.state.agent})
        if log.state.handler != Handler.QUEUE:
            return _nothing(log, request)
        if is_paused(row.site_id):
            raise Refused("not_allowed", say(Sentence.PAUSED, log.state.language))
        if _was_away(log):
            raise Refused("not_allowed", say(Sentence.AWAY, log.state.language))
        body = {"why": "cancelled", "text": say(Sentence.CANCELLED, log.state.language)}
        event = log.append(Kind.RETURNED, visitor_author(visitor_id), body, request=request)
        turn_id = _queue_unanswered(log)
        log.close()
        return _done(log, event, turn_id=turn_id)


def give_feedback(*, site: Site, visitor_id: str, client_id: str, seq: int, helpful: bool, now: datetime) -> Done:
    """Whether one of the assistant's answers helped; the latest word counts.

    Raises Refused: not_found, id_reused.
    """
    request = Request("v:" + visitor_id, client_id, digest_of("feedback", str(seq), str(helpful)))
    body = {"answer": seq, "helpful": helpful}
    with transaction.atomic():
        log, repeated = _open_for_opinion(site, visitor_id, request, now)
        if repeated:
            return repeated
        answer = _answer(log, seq)
        if _said_last(log, Kind.FEEDBACK, answer=seq) == body:
            return _nothing(log, request)
        event = log.append(Kind.FEEDBACK, visitor_author(visitor_id), body, visible="team", request=request)
        gaps.unhelpful(log, answer, helpful=helpful)
        log.close()
        return _done(log, event)


def dispute(*, site: Site, visitor_id: str, client_id: str, seq: int, n: int, now: datetime, comment: str = "") -> Done:
    """The visitor says that source `n` of an answer does not say that; once more where a comment follows.

    Raises Refused: not_found, id_reused.
    """
    request = Request("v:" + visitor_id, client_id, digest_of("dispute", str(seq), str(n), comment))
    comment = comment.strip()
    body = {"answer": seq, "n": n, "comment": comment}
    with transaction.atomic():
        log, repeated = _open_for_opinion(site, visitor_id, request, now)
        if repeated:
            return repeated
        answer = _answer(log, seq)
        if n not in [source["n"] for source in answer.body.get("sources", ())]:
            raise Refused("not_found", _("This answer has no source %(n)s.") % {"n": n})
        said = _said_last(log, Kind.DISPUTED, answer=seq, n=n)
        if said is not None and comment in ("", said["comment"]):
            return _nothing(log, request)
        event = log.append(Kind.DISPUTED, visitor_author(visitor_id), body, visible="team", request=request)
        gaps.disputed(log, answer)
        log.close()
        return _done(log, event)


def was_asked_before(*, visitor_id: str, client_id: str) -> bool:
    """Whether this visitor's request was done before, so that its ack is due however much they send."""
    return was_done(Request("v:" + visitor_id, client_id, ""))


def visitor_has_read(*, conversation_id: int, seq: int) -> None:
    """The visitor has seen everything up to `seq`."""
    Conversation.objects.filter(pk=conversation_id, visitor_read__lt=seq, last_seq__gte=seq).update(visitor_read=seq)


# --- agents ---------------------------------------------------------------------------------------------------------


def agent_message(*, member: Member, conversation: str, client_id: str, text: str, now: datetime) -> Done:
    """A member's message; it claims the conversation where nobody has it, and reopens it where it was closed.

    Raises Refused: not_found, not_allowed, already_claimed, id_reused.
    """
    request = _member_request(member, client_id, "message", conversation, text)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        _refuse_if_anothers(log, member, "already_claimed")
        if log.state.handler == Handler.CLOSED:
            _reopen(log, member)
        elif log.state.assignee != member.public_id:
            log.claim_by(member)
        event = log.append(Kind.MESSAGE, member_author(member), {"text": text}, request=request)
        log.close()
        return _done(log, event)


def note(
    *, member: Member, conversation: str, client_id: str, text: str, now: datetime, for_assistant: bool = False
) -> Done:
    """A note that only the team sees.

    Raises Refused: not_found, not_allowed, id_reused.
    """
    request = _member_request(member, client_id, "note", conversation, text)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        event = _note(log, member, text, for_assistant, request)
        log.close()
        return _done(log, event)


def claim(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """Take a conversation; the assistant is silent from here on.

    Raises Refused: not_found, not_allowed, already_claimed (by another), id_reused.
    """
    request = _member_request(member, client_id, "claim", conversation)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        _refuse_if_anothers(log, member, "already_claimed")
        if log.state.handler == Handler.AGENT and log.state.assignee == member.public_id:
            return _nothing(log, request)
        if log.state.handler == Handler.CLOSED:
            _reopened_for(log, member)
        log.member = member
        body = {"agent": member.public_id, "name": member.name}
        event = log.append(Kind.CLAIMED, member_author(member), body, request=request)
        log.close()
        return _done(log, event)


def hand_back(*, member: Member, conversation: str, client_id: str, now: datetime, note: str = "") -> Done:
    """Give one's own conversation back to the assistant, with a note for it if there is one.

    Raises Refused: not_found, not_allowed, not_yours, id_reused.
    """
    request = _member_request(member, client_id, "hand_back", conversation, note)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Claim this conversation before you hand it back."))
        if is_paused(member.site_id):
            raise Refused("not_allowed", _("The assistant is paused: keep this conversation, or resolve it."))
        if note:
            _note(log, member, note, True, None)
        body = {"text": say(Sentence.HANDED_BACK, log.state.language)}
        event = log.append(Kind.HANDED_BACK, member_author(member), body, request=request)
        turn_id = _queue_unanswered(log)
        log.close()
        return _done(log, event, turn_id=turn_id)


def transfer(
    *,
    member: Member,
    conversation: str,
    client_id: str,
    now: datetime,
    to_team: str = "",
    to_agent: str = "",
    note: str = "",
) -> Done:
    """Give one's own conversation to a team's queue or to a colleague, with a note for them if there is one.

    Raises Refused: not_found (also a team or colleague that is not there), not_allowed, not_yours, id_reused.
    """
    request = _member_request(member, client_id, "transfer", conversation, to_team, to_agent, note)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Claim this conversation before you pass it on."))
        if to_agent == member.public_id:
            return _nothing(log, request)
        to = _team_to(member, to_team) if to_team else _colleague_to(member, to_agent)
        if note:
            _note(log, member, note, False, None)
        event = pass_on(log, to, member_author(member), request)
        log.close()
        return _done(log, event)


def release(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """Give one's own conversation to the queue, as one's shift ends.

    Raises Refused: not_found, not_allowed, not_yours, id_reused.
    """
    request = _member_request(member, client_id, "release", conversation)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Only who has a conversation can give it to the queue."))
        event = log.append(Kind.RELEASED, SYSTEM, {"why": "shift"}, request=request)
        log.close()
        return _done(log, event)


def snooze(*, member: Member, conversation: str, client_id: str, until: datetime | None, now: datetime) -> Done:
    """Put one's own conversation aside until a time, or (None) until the customer writes.

    Raises Refused: not_found, not_allowed (a time that is no time to come), not_yours, id_reused.
    """
    request = _member_request(member, client_id, "snooze", conversation, stamp(until) if until else "")
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Claim this conversation before you put it aside."))
        if until and not now < until <= now + LONGEST_SNOOZE:
            raise Refused("not_allowed", _("Choose a time to come, within a year."))
        body = {"until": stamp(until) if until else None}
        event = log.append(Kind.SNOOZED, member_author(member), body, visible="team", request=request)
        log.close()
        return _done(log, event)


def resolve(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """End the case. Needs one's own claim, or that nobody has it.

    Raises Refused: not_found, not_allowed, not_yours, id_reused.
    """
    request = _member_request(member, client_id, "resolve", conversation)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        _refuse_if_anothers(log, member, "not_yours")
        if log.state.handler == Handler.CLOSED:
            return _nothing(log, request)
        body = {"text": say(Sentence.RESOLVED, log.state.language)}
        event = log.append(Kind.RESOLVED, member_author(member), body, request=request)
        log.close()
        return _done(log, event)


def reopen(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """Open a closed conversation again and take it.

    Raises Refused: not_found, not_allowed, id_reused.
    """
    request = _member_request(member, client_id, "reopen", conversation)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.handler != Handler.CLOSED:
            return _nothing(log, request)
        event = _reopen(log, member, request)
        log.close()
        return _done(log, event)


def give_verdict(*, member: Member, conversation: str, client_id: str, verdict: str, now: datetime) -> Done:
    """What a member thinks of the last escalation: `needless`, `right` or `too_late`. The latest word counts.

    Raises Refused: not_found, not_allowed (no person was called yet), id_reused.
    """
    request = _member_request(member, client_id, "verdict", conversation, verdict)
    with transaction.atomic():
        log, repeated = _open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        called = Event.objects.filter(conversation=log.row, kind=Kind.ESCALATED).order_by("-seq").first()
        if called is None:
            raise Refused("not_allowed", _("Nobody was called in this conversation, so there is nothing to judge."))
        body = {"verdict": verdict, "escalation": called.seq}
        if _said_last(log, Kind.VERDICT, escalation=called.seq) == body:
            return _nothing(log, request)
        event = log.append(Kind.VERDICT, member_author(member), body, visible="team", request=request)
        log.close()
        return _done(log, event)


def agent_has_read(*, member: Member, conversation: str, seq: int) -> int | None:
    """A member has seen everything up to `seq`; the conversation's row id where that was news."""
    mine = Conversation.objects.filter(public_id=conversation, site=member.site, assignee=member)
    row = mine.filter(agent_read__lt=seq, last_seq__gte=seq).values_list("pk", flat=True).first()
    if row is not None:
        Conversation.objects.filter(pk=row).update(agent_read=seq)
        Call.objects.filter(conversation=row, member=member, ended_at=None).update(ended_at=timezone.now())
    return row


# --- the assistant and the system -----------------------------------------------------------------------------------


def finish_turn(
    *,
    turn_id: int,
    attempt: int,
    text: str,
    sources: list[dict[str, Any]],
    answered: str,
    trace: dict[str, Any],
    now: datetime,
    offers: str = "",
    person: Sequence[Reason] = (),
    procedure: dict[str, Any] | None = None,
) -> bool:
    """Store the answer of a turn, where it still holds its lease and its floor; whether it was stored.

    `offers` is the reason for which a person is offered after it, `person` those for which one is called. `procedure`
    is where the conversation stands in one from now on: {} where it has ended, None where nothing changes.
    """
    now = to_ms(now)
    with transaction.atomic():
        log = _open_for_turn(turn_id, attempt, TurnState.DONE, trace, now)
        if log is None:
            return False
        turn = Turn.objects.only("public_id", "from_seq", "upto_seq").get(pk=turn_id)
        body = {"text": text, "sources": sources, "answered": answered, "turn": turn.public_id}
        answer = log.append(Kind.MESSAGE, ASSISTANT, body)
        citations.cited(site=log.row.site, urls=[source["url"] for source in sources], today=now.date())
        if procedure is not None:
            StandingRow.objects.create(conversation=log.row, seq=answer.seq, floor=log.state.floor, state=procedure)
        if person:
            _escalate(log, person)
        elif answered == "unknown":
            gaps.unanswered(log, turn, answer)
            _offer_or_escalate(log)
        elif offers:
            _offer(log, offers)
        log.close()
        return True


def hand_off_turn(
    *, turn_id: int, attempt: int, reasons: Sequence[Reason], trace: dict[str, Any], now: datetime
) -> bool:
    """End a turn by calling a person instead of answering; whether it still held its lease and floor."""
    return _end_in_escalation(turn_id, attempt, TurnState.DONE, reasons, trace, to_ms(now))


def fail_turn(*, turn_id: int, attempt: int, why: str, now: datetime) -> bool:
    """End a turn that could not answer: a person is called, with the reason `failed`."""
    reasons = (Reason("failed", 1.0, why),)
    return _end_in_escalation(turn_id, attempt, TurnState.FAILED, reasons, {"failed": why}, to_ms(now))


def call_out_turn(*, turn_id: int, now: datetime) -> bool:
    """The assistant was paused: a person is called where this turn would have answered; whether one was."""
    with transaction.atomic():
        row = _rows().filter(turns__pk=turn_id, turns__state__in=OPEN_TURNS, handler=Handler.ASSISTANT).first()
        if row is None:
            return False
        log = Log(row, to_ms(now))
        _escalate(log, (PAUSED,))
        log.close()
        return True


def note_deed(*, conversation_id: int, floor: int, name: str, state: str, now: datetime) -> bool:
    """Tell the team what became of an action, where the assistant has lost the floor and cannot say it."""
    with transaction.atomic():
        row = _rows().get(pk=conversation_id)
        if row.handler == Handler.ASSISTANT and row.floor == floor:
            return False
        log = Log(row, to_ms(now))
        text = _("The customer had said yes to “%(name)s”: %(state)s.") % {"name": name, "state": state}
        log.append(Kind.NOTE, SYSTEM, {"text": text}, visible="team")
        log.close()
        return True


def silence_turn(*, turn_id: int, attempt: int, trace: dict[str, Any], now: datetime) -> bool:
    """End a turn that has nothing to say."""
    mine = Turn.objects.filter(pk=turn_id, attempt=attempt, state=TurnState.RUNNING)
    return mine.update(state=TurnState.DONE, ended_at=to_ms(now), **_told(trace)) == 1


def end_silent_case(*, conversation_id: int, now: datetime) -> bool:
    """Resolve a case whose visitor was answered last and has been silent for long enough; whether it was."""
    now = to_ms(now)
    with transaction.atomic():
        row = _rows().filter(pk__in=silent_cases(now).values("pk")).filter(pk=conversation_id).first()
        if row is None:
            return False
        log = Log(row, now)
        log.append(Kind.RESOLVED, SYSTEM, {"text": say(Sentence.ENDED_SILENT, log.state.language)})
        log.close()
        return True


def silent_cases(now: datetime) -> ConversationQuerySet:
    """Conversations whose case should end by itself: nobody waits, and the visitor has been silent."""
    assistant = Q(handler=Handler.ASSISTANT, changed_at__lt=now - SILENT_WITH_ASSISTANT)
    agent = Q(handler=Handler.AGENT, changed_at__lt=now - SILENT_WITH_AGENT)
    return Conversation.objects.filter(assistant | agent, waiting_since=None, last_seq__gt=0)


# --- inside ---------------------------------------------------------------------------------------------------------


def _rows() -> ConversationQuerySet:
    """Conversations, locked for writing."""
    return Conversation.objects.select_for_update(of=("self",)).select_related("assignee")


# Written out, as the statements of log.py are: it runs before the ack.
_JOIN_TURN = """
    UPDATE chat_turn SET state = 'queued', upto_seq = %s, restarts = restarts + 1, leased_until = NULL
    WHERE conversation_id = %s AND floor = %s AND state IN ('queued', 'running') AND restarts < %s AND made_at > %s
    RETURNING id
"""


def _open_for_visitor(site: Site, visitor_id: str, request: Request, now: datetime, where: Where) -> Opened:
    """The visitor's conversation, made where this is the first word of it."""
    if opened := of_visitor(site.pk, visitor_id, request):
        return opened
    visitor, _made = Visitor.objects.get_or_create(public_id=visitor_id, defaults={"site": site, "made_at": now})
    row = Conversation.objects.create(
        site=site,
        visitor=visitor,
        locale=where.locale[:20],
        page=where.page[:500],
        made_at=now,
        language=language.of_locale(where.locale, site.locale),
    )
    return Opened(row, was_done(request), is_paused=is_paused(site.pk), made=True)


def is_paused(site_id: int) -> bool:
    """Whether somebody has paused the site's assistant, by the row as it is now."""
    return Site.objects.filter(pk=site_id, paused_at__isnull=False).exists()


def _open_for_opinion(site: Site, visitor_id: str, request: Request, now: datetime) -> tuple[Log, Done | None]:
    """The conversation of a visitor who has something to say of it. Raises Refused: not_found, id_reused."""
    row = _rows().filter(site=site, visitor__public_id=visitor_id).first()
    if row is None:
        raise Refused("not_found", _("There is no such answer in this conversation."))
    return Log(row, to_ms(now)), _repetition(row, request)


def _answer(log: Log, seq: int) -> Event:
    """The assistant's message with this seq. Raises Refused: not_found."""
    said = Event.objects.filter(conversation=log.row, kind=Kind.MESSAGE, role=EventRole.ASSISTANT)
    if seq > log.row.last_seq or (event := said.filter(seq=seq).first()) is None:
        raise Refused("not_found", _("There is no such answer in this conversation."))
    return event


def _said_last(log: Log, kind: Kind, **about: int) -> dict[str, Any] | None:
    """What the visitor said last of this kind about an answer, or a source of it."""
    which = {f"body__{name}": value for name, value in about.items()}
    event = Event.objects.filter(conversation=log.row, kind=kind, **which).order_by("-seq").first()
    return event.body if event else None


def _repetition(row: Conversation, request: Request) -> Done | None:
    """The first ack again, where `request` was done before. Raises Refused: id_reused."""
    return _first_ack(row, request) if was_done(request) else None


def _first_ack(row: Conversation, request: Request) -> Done:
    same = {"sender": request.sender, "client_id": request.client_id}
    event = Event.objects.filter(**same).select_related("conversation").first()
    first = event or Receipt.objects.get(**same)
    if first.digest != request.digest:
        raise Refused("id_reused", _("This id was used for something else. Use a new one."))
    if event is None:
        return Done(at=first.at, conversation_id=row.pk, public_id=row.public_id, repeated=True)
    made_in = event.conversation
    return Done(event.at, made_in.pk, made_in.public_id, event.seq, repeated=True)


def _done(log: Log, event: Event, *, turn_id: int | None = None, made: bool = False) -> Done:
    return Done(log.now, log.row.pk, log.row.public_id, event.seq, turn_id, made, upto=log.state.last_seq)


def _nothing(log: Log, request: Request) -> Done:
    """What was asked for is already so: an ack without seq, and a receipt."""
    keep_receipt(request, log.now)
    return Done(at=log.now, conversation_id=log.row.pk, public_id=log.row.public_id)


def _reasons_now(site: Site, log: Log, text: str, was_offered: bool, paused: bool) -> tuple[Reason, ...]:
    if was_offered and triggers.is_yes(text):
        return (Reason("asked", 1.0, text.strip()),)
    found = triggers.judge(text=text, moods=log.state.moods, policy=Policy.of(site))
    return found or ((PAUSED,) if paused else ())


def _away(log: Log, visitor_id: str, page: str, spoken: str) -> tuple[Reason, ...]:
    """Why the assistant leaves a conversation that begins to people, by the site's row as it is now."""
    site = Site.objects.get(pk=log.row.site_id)
    why = audience.away(site, visitor=visitor_id, page=page or log.row.page, language=spoken, now=log.now)
    return (Reason(AWAY, 1.0, why.value),) if why else ()


def _was_away(log: Log) -> bool:
    """Whether this case is with people because the assistant does not speak to this customer."""
    called = Event.objects.filter(conversation=log.row, case=log.state.case, kind=Kind.ESCALATED)
    newest = called.order_by("-seq").first()
    return newest is not None and newest.body["reasons"] == [AWAY]


def _escalate(log: Log, reasons: Sequence[Reason], request: Request | None = None) -> Event:
    codes = {reason.code for reason in reasons}
    sentence = next((_SAID_OF[code] for code in _SAID_OF if code in codes), Sentence.ESCALATED)
    moods = list(log.state.moods)
    spoken = log.state.language
    waiting = reception.words(log.row.site, log.row.visitor, spoken, log.now)
    text = f"{say(sentence, spoken)} {waiting}".strip()
    body = {"reasons": [reason.code for reason in reasons], "text": text, "language": spoken}
    event = log.append(Kind.ESCALATED, SYSTEM, body, request=request)
    Escalation.objects.create(
        conversation=log.row,
        seq=event.seq,
        reasons=[reason.as_json() for reason in reasons],
        summary=summarise(_events_of_case(log)),
        mood_trail=moods,
        made_at=log.now,
    )
    return event


def _take_address(log: Log, text: str) -> None:
    """Who waits and was invited to leave an e-mail address has maybe just written it."""
    visitor = log.row.visitor
    if reception.take_address(visitor, text):
        log.append(Kind.TOLD, SYSTEM, {"text": reception.thanks(visitor, log.state.language)})


def pass_on(
    log: Log, to: Member | Team | None, author: Author, request: Request | None = None, text: str = ""
) -> Event:
    """Append `transferred`: to a member, to a team's queue, or (None) to everybody's."""
    spoken = log.state.language
    body: dict[str, Any] = {"to": {"kind": "team", "id": None, "name": None}}
    if isinstance(to, Member):
        log.member = to
        body = {"to": {"kind": "agent", "id": to.public_id, "name": to.name}}
        text = text or say(Sentence.TO_AGENT, spoken, name=to.name)
    elif to is not None:
        log.team = to
        body = {"to": {"kind": "team", "id": to.public_id, "name": to.name}}
        text = text or say(Sentence.TO_TEAM, spoken, name=to.name)
    return log.append(Kind.TRANSFERRED, author, {**body, "text": text}, request=request)


def _team_to(member: Member, public_id: str) -> Team:
    team = Team.objects.filter(site=member.site_id, public_id=public_id).first()
    if team is None:
        raise Refused("not_found", _("There is no such team."))
    return team


def _colleague_to(member: Member, public_id: str) -> Member:
    there = Member.objects.filter(site=member.site_id, public_id=public_id, user__is_active=True)
    colleague = there.select_related("user").first()
    if colleague is None or not colleague.may(Right.ANSWER):
        raise Refused("not_found", _("There is nobody of that name who answers here."))
    return colleague


def _events_of_case(log: Log) -> list[Event]:
    stored = Event.objects.filter(conversation=log.row, case=log.state.case, kind=Kind.MESSAGE)
    return [*reversed(stored.order_by("-seq")[:_EVENTS_SUMMARISED]), *log.events]


def _offer_or_escalate(log: Log) -> None:
    if reasons := calling(triggers.unknown(log.state.unknowns), Policy.of(log.row.site)):
        _escalate(log, reasons)
    else:
        _offer(log, "unknown")


def _offer(log: Log, reason: str) -> None:
    log.append(Kind.OFFERED, ASSISTANT, {"text": say(Sentence.OFFER, log.state.language), "reasons": [reason]})


def _queue_turn(log: Log, seq: int, *, has_open: bool) -> int:
    """Join the open turn, or make one. After two restarts or 8 s it is a second one, so that nobody is starved."""
    joined = _join_turn(log, seq) if has_open else None
    return joined or new_turn(log, seq, seq)


def _join_turn(log: Log, seq: int) -> int | None:
    """Have the open turn answer this message too, where it may be joined: then it is the newest one."""
    since = connection.ops.adapt_datetimefield_value(log.now - JOIN_WITHIN)
    with connection.cursor() as cursor:
        cursor.execute(_JOIN_TURN, [seq, log.row.pk, log.state.floor, MOST_RESTARTS, since])
        joined = cursor.fetchone()
    return int(joined[0]) if joined else None


def _queue_unanswered(log: Log) -> int | None:
    """A turn for the visitor's messages since the last answer, if there are any."""
    unanswered = Event.objects.filter(
        conversation=log.row,
        kind=Kind.MESSAGE,
        role=EventRole.VISITOR,
        seq__gt=log.state.answered_seq,
        case=log.state.case,
    ).order_by("seq")
    seqs = list(unanswered.values_list("seq", flat=True))
    return new_turn(log, seqs[0], seqs[-1]) if seqs else None


def _open_for_turn(turn_id: int, attempt: int, state: TurnState, trace: dict[str, Any], now: datetime) -> Log | None:
    """End a turn and open its log; None (and the turn dropped) where its lease or its floor is gone."""
    mine = Turn.objects.filter(pk=turn_id, attempt=attempt, state=TurnState.RUNNING)
    turn = mine.select_related("conversation__assignee").first()
    if turn is None:
        return None
    row = Conversation.objects.select_for_update(of=("self",)).select_related("assignee").get(pk=turn.conversation_id)
    holds = row.handler == Handler.ASSISTANT and row.floor == turn.floor
    ended = mine.update(state=state if holds else TurnState.DROPPED, ended_at=now, **_told(trace))
    return Log(row, now) if ended and holds else None


def _told(trace: dict[str, Any]) -> dict[str, Any]:
    """The columns of a turn that its trace fills: itself, and what its calls to third parties cost."""
    return {"trace": trace, **trace.get("spent", {})}


def _end_in_escalation(
    turn_id: int, attempt: int, state: TurnState, reasons: Sequence[Reason], trace: dict[str, Any], now: datetime
) -> bool:
    with transaction.atomic():
        log = _open_for_turn(turn_id, attempt, state, trace, now)
        if log is None:
            return False
        _escalate(log, reasons)
        log.close()
        return True


def _member_request(member: Member, client_id: str, *what: str) -> Request:
    return Request("m:" + member.public_id, client_id, digest_of(*what))


def _open_for_member(member: Member, conversation: str, request: Request, now: datetime) -> tuple[Log, Done | None]:
    if not member.may(Right.ANSWER):
        raise Refused("not_allowed", _("Your role may not answer conversations."))
    row = _rows().visible_to(member).filter(public_id=conversation).first()
    if row is None:
        raise Refused("not_found", _("This conversation does not exist, or you may not see it."))
    return Log(row, to_ms(now)), _repetition(row, request)


def _refuse_if_anothers(log: Log, member: Member, code: str) -> None:
    """A claim whose agent was deleted or may not log in any more holds nobody up."""
    has_it = log.row.assignee
    if log.state.handler == Handler.AGENT and has_it and has_it.pk != member.pk and has_it.user.is_active:
        raise Refused(code, _("%(name)s has this conversation.") % {"name": log.state.agent or _("Somebody")})


def _note(log: Log, member: Member, text: str, for_assistant: bool, request: Request | None) -> Event:
    body: dict[str, Any] = {"text": text}
    if for_assistant:
        body["for_assistant"] = True
    return log.append(Kind.NOTE, member_author(member), body, visible="team", request=request)


def _reopened_for(log: Log, member: Member, request: Request | None = None) -> Event:
    return log.append(Kind.REOPENED, member_author(member), {"handler": Handler.QUEUE.value}, request=request)


def _reopen(log: Log, member: Member, request: Request | None = None) -> Event:
    event = _reopened_for(log, member, request)
    log.claim_by(member)
    return event
