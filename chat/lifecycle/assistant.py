"""What the assistant and the system do: end turns, with an answer or a person, and cases that nobody goes on with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from chat import gaps, inquiries, triggers
from chat.action_rows import StandingRow
from chat.assistant.steps import UNSURE
from chat.assistant.trace import SPENT, billed
from chat.clock import to_ms
from chat.log import ASSISTANT, OPEN_TURNS, SYSTEM, Log
from chat.models import Call, Conversation, ConversationQuerySet, Event, Handler, Kind, Turn, TurnState
from chat.sentences import Sentence, say
from chat.signals import attack
from chat.triggers import Reason
from chat.weighing import Policy, calling
from knowledge import citations
from supportsite.sites.models import Site

from .erased import was_erased
from .steps import PAUSED, escalate, rows

_SILENT_AFTER: Final = {Handler.ASSISTANT: "silent_assistant_hours", Handler.AGENT: "silent_agent_hours"}


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
    names: Sequence[str] = (),
    asks: bool = False,
) -> bool:
    """Store the answer of a turn, where it still holds its lease and its floor; whether it was stored.

    `offers` is the reason for which a person is offered after it (UNSURE: once a case, never to who called one off),
    `person` those for which one is called. `procedure` is where the conversation stands in one from now on: {} where it
    has ended, None where nothing changes; `names` are whom servers named. `asks`: what it does not
    know may be asked of a colleague.
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
            state = {**procedure, "names": list(names)} if names else procedure
            StandingRow.objects.create(conversation=log.row, seq=answer.seq, floor=log.state.floor, state=state)
        if person:
            escalate(log, person)
        elif answered == "unknown":
            gaps.unanswered(log, turn, answer)
            if reasons := _calls_now(log):
                escalate(log, reasons)
            elif not (asks and inquiries.ask(log, turn)):
                _offer(log, "unknown")
        elif offers and not (offers == UNSURE and _was_offered(log)):
            _offer(log, offers)
        log.close()
        return True


def hand_off_turn(
    *, turn_id: int, attempt: int, reasons: Sequence[Reason], trace: dict[str, Any], now: datetime
) -> bool:
    """End a turn by calling a person instead of answering; whether it still held its lease and floor."""
    return _end_in_escalation(turn_id, attempt, TurnState.DONE, reasons, trace, to_ms(now))


def fail_turn(*, turn_id: int, attempt: int, why: str, trace: dict[str, Any], now: datetime) -> bool:
    """End a turn that could not answer: a person is called, with the reason `failed`. `trace` is as far as it came."""
    reasons = (Reason("failed", 1.0, why),)
    return _end_in_escalation(turn_id, attempt, TurnState.FAILED, reasons, {**trace, "failed": why}, to_ms(now))


def keep_trace(*, turn_id: int, attempt: int, trace: dict[str, Any]) -> bool:
    """Keep how far a turn had come that was dropped under the one who ran it; whether there was such a one."""
    with transaction.atomic():
        mine = Turn.objects.filter(pk=turn_id, attempt=attempt, state=TurnState.DROPPED, trace={})
        turn = mine.first() if trace.get("steps") else None
        if turn is None:
            return False
        Conversation.objects.locked().get(pk=turn.conversation_id)  # who erases holds it: before us, or after
        if was_erased(conversation_id=turn.conversation_id, since=turn.from_seq):
            return False
        return mine.update(**_told(turn, trace, TurnState.DROPPED)) == 1


def call_out_turn(*, turn_id: int, now: datetime) -> bool:
    """The assistant was paused: a person is called where this turn would have answered; whether one was."""
    with transaction.atomic():
        row = rows().filter(turns__pk=turn_id, turns__state__in=OPEN_TURNS, handler=Handler.ASSISTANT).first()
        if row is None:
            return False
        log = Log(row, to_ms(now))
        escalate(log, (PAUSED,))
        log.close()
        return True


def note_deed(*, conversation_id: int, floor: int, name: str, state: str, now: datetime) -> bool:
    """Tell the team what became of an action, where the assistant has lost the floor and cannot say it."""
    with transaction.atomic():
        row = rows().get(pk=conversation_id)
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
    turn = mine.first()
    if turn is None:
        return False
    return mine.update(ended_at=to_ms(now), **_told(turn, trace, TurnState.DONE)) == 1


def end_silent_case(*, conversation_id: int, now: datetime) -> bool:
    """Resolve a case whose visitor was answered last and has been silent for long enough; whether it was."""
    now = to_ms(now)
    with transaction.atomic():
        row = rows().filter(pk__in=silent_cases(now).values("pk")).filter(pk=conversation_id).first()
        if row is None:
            return False
        log = Log(row, now)
        log.append(Kind.RESOLVED, SYSTEM, {"text": say(Sentence.ENDED_SILENT, log.state.language)})
        log.close()
        return True


def silent_cases(now: datetime) -> ConversationQuerySet:
    """Conversations whose case should end by itself: nobody waits or is called, nothing was put aside, and the visitor
    has been silent for the site's hours.
    """
    silent = Q(pk=None)
    for handler, after in _SILENT_AFTER.items():
        for hours in set(Site.objects.order_by().values_list(after, flat=True)):
            silent |= Q(handler=handler, changed_at__lt=now - timedelta(hours=hours), **{f"site__{after}": hours})
    called = Call.objects.filter(conversation=OuterRef("pk"), ended_at=None)
    answered = Conversation.objects.filter(silent, waiting_since=None, last_seq__gt=0, snooze=None)
    return answered.exclude(Exists(called))


def offer_or_escalate(log: Log, sentence: Sentence) -> None:
    """What follows where nothing was found: a person is called where the site's policy says so, else one is offered."""
    if reasons := _calls_now(log):
        escalate(log, reasons)
    else:
        _offer(log, "unknown", sentence)


def _calls_now(log: Log) -> tuple[Reason, ...]:
    policy, claims = Policy.of(log.row.site), log.row.visitor.claims
    return calling(triggers.unknown(log.state.unknowns, policy, claims.value if claims else None), policy)


def _was_offered(log: Log) -> bool:
    """Whether this customer was offered a person in this case, or has called one off."""
    said = Event.objects.filter(conversation=log.row, case=log.state.case, kind__in=(Kind.OFFERED, Kind.RETURNED))
    return said.exists()


def _offer(log: Log, reason: str, sentence: Sentence = Sentence.OFFER) -> None:
    log.append(Kind.OFFERED, ASSISTANT, {"text": say(sentence, log.state.language), "reasons": [reason]})


def _open_for_turn(turn_id: int, attempt: int, state: TurnState, trace: dict[str, Any], now: datetime) -> Log | None:
    """End a turn and open its log; None (and the turn dropped) where its lease or its floor is gone."""
    mine = Turn.objects.filter(pk=turn_id, attempt=attempt, state=TurnState.RUNNING)
    turn = mine.first()
    if turn is None:
        return None
    row = Conversation.objects.locked().get(pk=turn.conversation_id)
    holds = row.handler == Handler.ASSISTANT and row.floor == turn.floor
    ended = mine.update(ended_at=now, **_told(turn, trace, state if holds else TurnState.DROPPED))
    return Log(row, now) if ended and holds else None


def _told(turn: Turn, trace: dict[str, Any], state: TurnState) -> dict[str, Any]:
    """The columns of a turn that its end fills: its trace, whether it was attacked, and the kind line that was said.

    What it cost the ledger has added up there, of runs that were given up too (chat/ledger.py): the trace says it so.
    """
    steps = trace.get("steps", ())
    felt = (step["evidence"] for step in steps if step["step"] == "feel")
    attacked = any(one.get("attack", 0.0) >= attack.THRESHOLD for one in felt)
    was_due = (step["decision"] for step in steps if step["step"] == "kindness")
    kindness = next(was_due, "") if state == TurnState.DONE else ""
    spent = {name: getattr(turn, name) for name in SPENT}
    told = billed(trace, spent) if any(spent.values()) else trace
    return {"state": state, "trace": told, "attacked": attacked, "kindness": kindness}


def _end_in_escalation(
    turn_id: int, attempt: int, state: TurnState, reasons: Sequence[Reason], trace: dict[str, Any], now: datetime
) -> bool:
    with transaction.atomic():
        log = _open_for_turn(turn_id, attempt, state, trace, now)
        if log is None:
            return False
        escalate(log, reasons)
        log.close()
        return True
