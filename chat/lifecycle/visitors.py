"""What visitors do: write, ask for a person or take that back, and say what they think of an answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from chat import gaps, leases, mood, reception, triggers
from chat.asking import plain
from chat.assent import is_yes
from chat.assistant import language
from chat.assistant.smalltalk import small_talk
from chat.clock import to_ms
from chat.log import SYSTEM, Log, Opened, Request, digest_of, new_turn, of_visitor, visitor_author, was_done
from chat.models import Call, Conversation, Escalation, Event, EventRole, Handler, Kind, Visitor
from chat.sentences import Sentence, say
from chat.triggers import Reason
from chat.weighing import Policy, valued
from supportsite.sites.models import Site

from .identified import Moved, home_of, make_customer
from .steps import (
    AWAY,
    BUTTON,
    MOST_RESTARTS,
    NOWHERE,
    PAUSED,
    Done,
    Refused,
    Where,
    done_with,
    escalate,
    first_ack,
    is_left_to_people,
    is_paused,
    nothing_done,
    queue_unanswered,
    repetition,
    rows,
    said_last,
    why_away,
)

_LONG: Final = 1000
JOIN_WITHIN: Final = timedelta(seconds=8)
_JOIN_TURN = """
    UPDATE chat_turn SET state = 'queued', upto_seq = %s, restarts = restarts + 1, leased_until = NULL
    WHERE conversation_id = %s AND floor = %s AND state IN ('queued', 'running') AND restarts < %s AND made_at > %s
    RETURNING id
"""


def post_message(
    *, site: Site, visitor_id: str, client_id: str, text: str, now: datetime, where: Where = NOWHERE, runs: bool = False
) -> Done:
    """A visitor's message: stored, mood scored, and either a turn queued or a person called. Raises Moved.

    A caller that `runs` the turn itself gets a new one leased already, which saves the turn a transaction.
    """
    now = to_ms(now)
    request = Request("v:" + visitor_id, client_id, digest_of("message", text))
    if len(text) > _LONG:
        triggers.warm(text)  # it takes a while, in which no other writer should wait for this one
    with transaction.atomic():
        opened = _open_for_visitor(site, visitor_id, request, now, where)
        if done := _done_before(opened, request, where):
            return done
        log = Log(opened.row, now, newcomer=visitor_id if opened.made else "")
        was_offered, begins = log.state.offered, opened.made or log.state.handler == Handler.CLOSED
        if log.state.handler == Handler.CLOSED:
            log.append(Kind.REOPENED, visitor_author(visitor_id), {"handler": Handler.ASSISTANT.value})
        spoken = language.quick(text, log.state.language)
        scored = mood.score(plain(text), language.likeliest(text, spoken))
        body: dict[str, Any] = {"text": text, "mood": scored, "language": spoken}
        if log.state.asked_seq and small_talk(text):
            body["aside"] = True  # a thanks for asking: the colleague's reply is still wanted
        message = log.append(Kind.MESSAGE, visitor_author(visitor_id), body, request=request)
        turn_id = lease = None
        if log.state.handler == Handler.ASSISTANT:
            left_to_people = _left_to_people(log, where, body["language"]) if begins else ()
            if reasons := _reasons_now(site, log, text, was_offered, opened.is_paused, where.value) or left_to_people:
                left = "@" in text and reception.take_address(log.row.visitor, text, calling=True)
                escalate(log, reasons)
                if left:
                    _thank(log)
            else:
                lease = leases.of_new_turn(log, message.seq) if runs and not opened.has_open_turn else None
                turn_id = lease.turn_id if lease else _queue_turn(log, message.seq, has_open=opened.has_open_turn)
        else:
            if log.state.handler == Handler.QUEUE:
                _call_again(log, triggers.sensitive(text, Policy.of(site)), message.seq)
            if "@" in text:
                _take_address(log, text)
        log.close()
        return done_with(log, message, turn_id=turn_id, lease=lease, made=opened.made)


def ask_for_person(*, site: Site, visitor_id: str, client_id: str, now: datetime, where: Where = NOWHERE) -> Done:
    """The button "Talk to a person". Raises Moved."""
    now = to_ms(now)
    request = Request("v:" + visitor_id, client_id, digest_of("person"))
    with transaction.atomic():
        opened = _open_for_visitor(site, visitor_id, request, now, where)
        if done := _done_before(opened, request, where):
            return done
        log = Log(opened.row, now, newcomer=visitor_id if opened.made else "")
        if log.state.handler in (Handler.QUEUE, Handler.AGENT):
            return nothing_done(log, request)
        if log.state.handler == Handler.CLOSED:
            log.append(Kind.REOPENED, visitor_author(visitor_id), {"handler": Handler.ASSISTANT.value})
        event = escalate(log, (Reason("asked", 1.0, BUTTON),), request=request)
        log.close()
        return done_with(log, event, made=opened.made)


def cancel_person(*, site: Site, visitor_id: str, client_id: str, now: datetime) -> Done:
    """Take the wish for a person back, while nobody has claimed; who was only given it has not.

    Raises Refused: already_claimed.
    """
    now = to_ms(now)
    request = Request("v:" + visitor_id, client_id, digest_of("cancel_person"))
    with transaction.atomic():
        row = rows().filter(site=site, visitor__public_id=visitor_id).first()
        if row is None:
            return Done(at=now)
        if repeated := repetition(row, request):
            return repeated
        log = Log(row, now)
        if log.state.handler == Handler.AGENT and not _is_only_given(log):
            raise Refused("already_claimed", _("%(name)s is already here.") % {"name": log.state.agent})
        if log.state.handler not in (Handler.QUEUE, Handler.AGENT):
            return nothing_done(log, request)
        if is_paused(row.site_id):
            raise Refused("not_allowed", say(Sentence.PAUSED, log.state.language))
        if is_left_to_people(log):
            raise Refused("not_allowed", say(Sentence.AWAY, log.state.language))
        body = {"why": "cancelled", "text": say(Sentence.CANCELLED, log.state.language)}
        event = log.append(Kind.RETURNED, visitor_author(visitor_id), body, request=request)
        turn_id = queue_unanswered(log)
        log.close()
        return done_with(log, event, turn_id=turn_id)


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
        if said_last(log, Kind.FEEDBACK, answer=seq) == body:
            return nothing_done(log, request)
        event = log.append(Kind.FEEDBACK, visitor_author(visitor_id), body, visible="team", request=request)
        gaps.unhelpful(log, answer, helpful=helpful)
        log.close()
        return done_with(log, event)


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
        said = said_last(log, Kind.DISPUTED, answer=seq, n=n)
        if said is not None and comment in ("", said["comment"]):
            return nothing_done(log, request)
        event = log.append(Kind.DISPUTED, visitor_author(visitor_id), body, visible="team", request=request)
        gaps.disputed(log, answer)
        log.close()
        return done_with(log, event)


def was_asked_before(*, visitor_id: str, client_id: str) -> bool:
    """Whether this visitor's request was done before, so that its ack is due however much they send."""
    return was_done(Request("v:" + visitor_id, client_id, ""))


def visitor_has_read(*, conversation_id: int, seq: int) -> None:
    """The visitor has seen everything up to `seq`."""
    Conversation.objects.filter(pk=conversation_id, visitor_read__lt=seq, last_seq__gte=seq).update(visitor_read=seq)


def _done_before(opened: Opened, request: Request, where: Where) -> Done | None:
    """The first ack, where `request` was done before: also on the log that this device had. Raises Moved."""
    if opened.done_before:
        return first_ack(opened.row, request)
    if where.before and was_done(earlier := replace(request, sender="v:" + where.before)):
        return first_ack(opened.row, earlier)
    if where.home and opened.row.handler == Handler.CLOSED:
        raise Moved(where.home)
    return None


def _open_for_visitor(site: Site, visitor_id: str, request: Request, now: datetime, where: Where) -> Opened:
    """The visitor's conversation, made where this is the first word of it. Raises Moved."""
    if opened := of_visitor(site.pk, visitor_id, request):
        return opened
    if where.claims and (home := home_of(site, where.claims)) not in (None, visitor_id):
        raise Moved(str(home))
    visitor, _made = Visitor.objects.get_or_create(public_id=visitor_id, defaults={"site": site, "made_at": now})
    row = Conversation(site=site, visitor=visitor, locale=where.locale[:20], page=where.page[:500], made_at=now)
    row.language = language.of_locale(where.locale, site.locale)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # made in another process meanwhile; the database had us wait until that was committed
        opened = of_visitor(site.pk, visitor_id, request)
        if opened is None:
            raise
        return opened
    if where.claims:
        make_customer(site=site, claims=where.claims, home=visitor, now=now)
    return Opened(row, was_done(request), is_paused=is_paused(site.pk), made=True)


def _open_for_opinion(site: Site, visitor_id: str, request: Request, now: datetime) -> tuple[Log, Done | None]:
    """The conversation of a visitor who has something to say of it. Raises Refused: not_found, id_reused."""
    row = rows().filter(site=site, visitor__public_id=visitor_id).first()
    if row is None:
        raise Refused("not_found", _("There is no such answer in this conversation."))
    return Log(row, to_ms(now)), repetition(row, request)


def _answer(log: Log, seq: int) -> Event:
    """The assistant's message with this seq. Raises Refused: not_found."""
    said = Event.objects.filter(conversation=log.row, kind=Kind.MESSAGE, role=EventRole.ASSISTANT)
    if seq > log.row.last_seq or (event := said.filter(seq=seq).first()) is None:
        raise Refused("not_found", _("There is no such answer in this conversation."))
    return event


def _reasons_now(
    site: Site, log: Log, text: str, was_offered: bool, paused: bool, value: float | None
) -> tuple[Reason, ...]:
    if was_offered and is_yes(text, log.state.language):
        return (Reason("asked", 1.0, text.strip()),)
    found = triggers.judge(text=text, moods=log.state.moods, policy=Policy.of(site), value=value)
    return found or ((PAUSED,) if paused else ())


def _left_to_people(log: Log, where: Where, spoken: str) -> tuple[Reason, ...]:
    """Why the assistant leaves a case that begins to people, by the site's row as it is now."""
    site = Site.objects.get(pk=log.row.site_id)
    why = why_away(log, site, page=where.page or log.row.page, language=spoken)
    if why:
        return (Reason(AWAY, 1.0, why.value),)
    policy = Policy.of(site)
    return valued(where.value, policy) if policy.value_at_once else ()


def _call_again(log: Log, grave: Sequence[Reason], seq: int) -> None:
    """Who waits writes of a subject that is for a person: the team is alerted anew, and reads that first."""
    called = Escalation.objects.filter(conversation=log.row).order_by("-seq").first()
    if not grave or called is None or any(reason["code"] == grave[0].code for reason in called.reasons):
        return
    called.reasons = [*(reason.as_json() for reason in grave), *called.reasons]
    called.save(update_fields=["reasons"])
    Call.objects.filter(conversation=log.row, ended_at=None).update(alert_seq=seq)


def _is_only_given(log: Log) -> bool:
    """Whether who has it was given it by the site's rule, and has neither claimed it nor written."""
    by_people = Q(kind__in=(Kind.CLAIMED, Kind.TRANSFERRED)) | Q(kind=Kind.MESSAGE, role=EventRole.AGENT)
    newest = Event.objects.filter(by_people, conversation=log.row).order_by("-seq").first()
    return newest is not None and newest.kind == Kind.TRANSFERRED and newest.role == EventRole.SYSTEM


def _take_address(log: Log, text: str) -> None:
    """Who waits and was invited to leave an e-mail address has maybe just written it."""
    if reception.take_address(log.row.visitor, text):
        _thank(log)


def _thank(log: Log) -> None:
    log.append(Kind.TOLD, SYSTEM, {"text": reception.thanks(log.row.visitor, log.state.language)})


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
