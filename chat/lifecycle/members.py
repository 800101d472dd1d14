"""What members do: claim, write, pass on, put aside, hand back, resolve, and judge a call."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.clock import stamp
from chat.log import SYSTEM, Log, Request, member_author
from chat.models import Call, Conversation, Event, Handler, Kind
from chat.sentences import Sentence, say
from supportsite.sites.models import Member, Team
from supportsite.sites.rights import Right

from .passing import pass_on
from .steps import (
    Done,
    Refused,
    done_with,
    is_left_to_people,
    is_paused,
    member_request,
    nothing_done,
    open_for_member,
    queue_unanswered,
    said_last,
)

LONGEST_SNOOZE: Final = timedelta(days=366)


def agent_message(
    *, member: Member, conversation: str, client_id: str, text: str, now: datetime, original: str = ""
) -> Done:
    """A member's message; it claims the conversation where nobody has it, and reopens it where it was closed.

    `original` is what they wrote where `text` is its translation.

    Raises Refused: not_found, not_allowed, already_claimed, id_reused.
    """
    body = {"text": text, "original": original} if original else {"text": text}
    request = member_request(member, client_id, "message", conversation, *body.values())
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        _refuse_if_anothers(log, member, "already_claimed")
        if log.state.handler == Handler.CLOSED:
            _reopen(log, member)
        elif log.state.assignee != member.public_id:
            log.claim_by(member)
        if original:
            body["language"] = log.state.language
        event = log.append(Kind.MESSAGE, member_author(member), body, request=request)
        log.close()
        return done_with(log, event)


def note(
    *, member: Member, conversation: str, client_id: str, text: str, now: datetime, for_assistant: bool = False
) -> Done:
    """A note that only the team sees.

    Raises Refused: not_found, not_allowed, id_reused.
    """
    request = member_request(member, client_id, "note", conversation, text)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        event = _note(log, member, text, for_assistant, request)
        log.close()
        return done_with(log, event)


def claim(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """Take a conversation; the assistant is silent from here on.

    Raises Refused: not_found, not_allowed, already_claimed (by another), id_reused.
    """
    request = member_request(member, client_id, "claim", conversation)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        _refuse_if_anothers(log, member, "already_claimed")
        if log.state.handler == Handler.AGENT and log.state.assignee == member.public_id:
            return nothing_done(log, request)
        if log.state.handler == Handler.CLOSED:
            _reopened_for(log, member)
        log.member = member
        body = {"agent": member.public_id, "name": member.name}
        event = log.append(Kind.CLAIMED, member_author(member), body, request=request)
        log.close()
        return done_with(log, event)


def hand_back(*, member: Member, conversation: str, client_id: str, now: datetime, note: str = "") -> Done:
    """Give one's own conversation back to the assistant, with a note for it if there is one.

    Raises Refused: not_found, not_allowed (also where it is paused, or not to speak to them), not_yours, id_reused.
    """
    request = member_request(member, client_id, "hand_back", conversation, note)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Claim this conversation before you hand it back."))
        if is_paused(member.site_id):
            raise Refused("not_allowed", _("The assistant is paused: keep this conversation, or resolve it."))
        if is_left_to_people(log):
            text = _("The assistant does not answer here just now: keep this conversation, or resolve it.")
            raise Refused("not_allowed", text)
        if note:
            _note(log, member, note, True, None)
        body = {"text": say(Sentence.HANDED_BACK, log.state.language)}
        event = log.append(Kind.HANDED_BACK, member_author(member), body, request=request)
        turn_id = queue_unanswered(log)
        log.close()
        return done_with(log, event, turn_id=turn_id)


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
    request = member_request(member, client_id, "transfer", conversation, to_team, to_agent, note)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Claim this conversation before you pass it on."))
        if to_agent == member.public_id:
            return nothing_done(log, request)
        to = _team_to(member, to_team) if to_team else _colleague_to(member, to_agent)
        if note:
            _note(log, member, note, False, None)
        event = pass_on(log, to, member_author(member), request)
        log.close()
        return done_with(log, event)


def release(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """Give one's own conversation to the queue, as one's shift ends.

    Raises Refused: not_found, not_allowed, not_yours, id_reused.
    """
    request = member_request(member, client_id, "release", conversation)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Only who has a conversation can give it to the queue."))
        event = log.append(Kind.RELEASED, SYSTEM, {"why": "shift"}, request=request)
        log.close()
        return done_with(log, event)


def snooze(*, member: Member, conversation: str, client_id: str, until: datetime | None, now: datetime) -> Done:
    """Put one's own conversation aside until a time, or (None) until the customer writes.

    Raises Refused: not_found, not_allowed (a time that is no time to come), not_yours, id_reused.
    """
    request = member_request(member, client_id, "snooze", conversation, stamp(until) if until else "")
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.assignee != member.public_id:
            raise Refused("not_yours", _("Claim this conversation before you put it aside."))
        if until and not now < until <= now + LONGEST_SNOOZE:
            raise Refused("not_allowed", _("Choose a time to come, within a year."))
        body = {"until": stamp(until) if until else None}
        event = log.append(Kind.SNOOZED, member_author(member), body, visible="team", request=request)
        log.close()
        return done_with(log, event)


def resolve(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """End the case. Needs one's own claim, or that nobody has it.

    Raises Refused: not_found, not_allowed, not_yours, id_reused.
    """
    request = member_request(member, client_id, "resolve", conversation)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        _refuse_if_anothers(log, member, "not_yours")
        if log.state.handler == Handler.CLOSED:
            return nothing_done(log, request)
        body = {"text": say(Sentence.RESOLVED, log.state.language)}
        event = log.append(Kind.RESOLVED, member_author(member), body, request=request)
        log.close()
        return done_with(log, event)


def reopen(*, member: Member, conversation: str, client_id: str, now: datetime) -> Done:
    """Open a closed conversation again and take it.

    Raises Refused: not_found, not_allowed, id_reused.
    """
    request = member_request(member, client_id, "reopen", conversation)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        if log.state.handler != Handler.CLOSED:
            return nothing_done(log, request)
        event = _reopen(log, member, request)
        log.close()
        return done_with(log, event)


def give_verdict(*, member: Member, conversation: str, client_id: str, verdict: str, now: datetime) -> Done:
    """What a member thinks of the last escalation: `needless`, `right` or `too_late`. The latest word counts.

    Raises Refused: not_found, not_allowed (no person was called yet), id_reused.
    """
    request = member_request(member, client_id, "verdict", conversation, verdict)
    with transaction.atomic():
        log, repeated = open_for_member(member, conversation, request, now)
        if repeated:
            return repeated
        called = Event.objects.filter(conversation=log.row, kind=Kind.ESCALATED).order_by("-seq").first()
        if called is None:
            raise Refused("not_allowed", _("Nobody was called in this conversation, so there is nothing to judge."))
        body = {"verdict": verdict, "escalation": called.seq}
        if said_last(log, Kind.VERDICT, escalation=called.seq) == body:
            return nothing_done(log, request)
        event = log.append(Kind.VERDICT, member_author(member), body, visible="team", request=request)
        log.close()
        return done_with(log, event)


def agent_has_read(*, member: Member, conversation: str, seq: int) -> int | None:
    """A member has seen everything up to `seq`; the conversation's row id where that was news.

    To open one is no answer: a call to them stands until they write, and alerts no more until it is reminded of. Only
    what they had put aside themselves is taken up by looking at it.
    """
    mine = Conversation.objects.filter(public_id=conversation, site=member.site, assignee=member)
    row = mine.filter(agent_read__lt=seq, last_seq__gte=seq).values_list("pk", flat=True).first()
    if row is not None:
        Conversation.objects.filter(pk=row).update(agent_read=seq)
        woken = Call.objects.filter(conversation=row, member=member, ended_at=None, why="woken")
        woken.filter(conversation__waiting_since=None).update(ended_at=timezone.now())
    return row


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


def _refuse_if_anothers(log: Log, member: Member, code: str) -> None:
    """A claim whose agent was deleted, may not answer or may not log in any more holds nobody up."""
    has_it = log.row.assignee
    stands = has_it is not None and has_it.may(Right.ANSWER) and has_it.user.is_active
    if log.state.handler == Handler.AGENT and has_it and stands and has_it.pk != member.pk:
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
