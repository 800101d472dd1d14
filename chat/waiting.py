"""The system's verbs on conversations that wait for a person: given, reminded of, widened, given up, taken, let go.

Each looks at the rows again under a lock before it writes, so a sweep may call it twice, in two processes, or after a
kill: it is done once. Who is chosen and when it is due, `agents` decides (docs/escalation.md).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from supportsite.sites.models import Member, Site

from . import lifecycle
from .clock import to_ms
from .log import SYSTEM, Author, Log
from .models import Call, Conversation, EventRole, Handler, Kind, Snooze
from .sentences import Sentence, say

SWEEP_TURNS = "chat.sweep_turns"  # rung by its name: it starts what is queued, in whichever process
TANDEM = Author(EventRole.SYSTEM, "", "Tandem")  # as whom the team reads the system's notes
_REMINDED = ngettext_lazy(
    "Nobody has taken this for %(minutes)s minute: everyone is reminded.",
    "Nobody has taken this for %(minutes)s minutes: everyone is reminded.",
    "minutes",
)
_WIDENED = ngettext_lazy(
    "Nobody of the team has taken this for %(minutes)s minute: every team sees it now.",
    "Nobody of the team has taken this for %(minutes)s minutes: every team sees it now.",
    "minutes",
)
_MAILED = ngettext_lazy(
    "Nobody has taken this for %(minutes)s minute: an e-mail went out.",
    "Nobody has taken this for %(minutes)s minutes: an e-mail went out.",
    "minutes",
)
_TICKETING = ngettext_lazy(
    "Nobody has taken this for %(minutes)s minute: a ticket is being opened.",
    "Nobody has taken this for %(minutes)s minutes: a ticket is being opened.",
    "minutes",
)
_RETURNED = ngettext_lazy(
    "Nobody has taken this for %(minutes)s minute: the assistant goes on.",
    "Nobody has taken this for %(minutes)s minutes: the assistant goes on.",
    "minutes",
)
_UNANSWERED = ngettext_lazy(
    "The customer has waited for %(minutes)s minute: answer, pass it on, or put it aside.",
    "The customer has waited for %(minutes)s minutes: answer, pass it on, or put it aside.",
    "minutes",
)
_TAKEN = ngettext_lazy(
    "%(name)s has not answered for %(minutes)s minute: everyone is called.",
    "%(name)s has not answered for %(minutes)s minutes: everyone is called.",
    "minutes",
)
Chooser = Callable[[Conversation], Member | None]
Mail = Callable[[Conversation], str]
Ticket = Callable[[Conversation], bool]


@dataclass(frozen=True)
class Waits:
    """A conversation whose customer waits on a member since `begin`: for so many of the site's minutes."""

    conversation_id: int
    member: Member
    begin: datetime
    minutes: int


def give(*, call_id: int, choose: Chooser, now: datetime) -> bool:
    """Give the conversation of an open call to whom `choose` names, if anybody; whether it was given.

    One at a time for a site: `choose` counts what people have under the site's lock, so nobody gets more than they may.
    """
    with transaction.atomic():
        site_id = Call.objects.filter(pk=call_id, ended_at=None).values_list("conversation__site", flat=True).first()
        if site_id is None:
            return False
        Site.objects.select_for_update(no_key=True).get(pk=site_id)
        log = _open(call_id, now)
        if log is None or (chosen := choose(log.row)) is None:
            return False
        text = say(Sentence.ASSIGNED, log.state.language, name=chosen.name)
        lifecycle.pass_on(log, chosen, SYSTEM, text=text)
        log.close()
        return True


def remind(*, call_id: int, since: datetime | None, minutes: int, now: datetime) -> bool:
    """Alert again for an open call that was last reminded of at `since`, and note that nobody came; whether it was."""
    with transaction.atomic():
        log = _open(call_id, now, reminded_at=since)
        if log is None:
            return False
        note = note_to_team(log, _REMINDED, minutes)
        log.close()
        call = Call.objects.filter(pk=call_id)
        call.update(alert_seq=note, reminded_at=log.now)
        call.filter(step=Call.Step.CALLED).update(step=Call.Step.REMINDED)
        return True


def widen(*, call_id: int, minutes: int, now: datetime) -> bool:
    """Show the conversation of an open call that waits for a team to every team; whether that was done."""
    with transaction.atomic():
        log = _open(call_id, now)
        if log is None or log.row.team_id is None:
            return False
        note_to_team(log, _WIDENED, minutes)
        lifecycle.pass_on(log, None, SYSTEM)
        log.close()
        call = Call.objects.filter(pk=call_id)
        call.update(reminded_at=log.now)  # everyone is alerted anew
        call.filter(step__lt=Call.Step.WIDENED).update(step=Call.Step.WIDENED)
        return True


def give_up(
    *,
    call_id: int,
    minutes: int,
    now: datetime,
    write: Mail | None = None,
    ticket: Ticket | None = None,
) -> bool:
    """The last step for an open call: an e-mail (`write`; the address that it went to), a ticket, or to the assistant.

    Nothing, not even the step, where `ticket` says that none can be opened, or where the assistant is paused or does
    not speak to this customer: then it waits on. Whether it was done.
    """
    with transaction.atomic():
        log = _open(call_id, now, step__lt=Call.Step.GIVEN_UP)
        if log is None or not _may_end(log, write, ticket):
            return False
        Call.objects.filter(pk=call_id).update(step=Call.Step.GIVEN_UP)
        if ticket is not None:
            note_to_team(log, _TICKETING, minutes)
        elif write is not None:
            note_to_team(log, _MAILED, minutes)
            write(log.row)
        else:
            _return(log, minutes)
        log.close()
        return True


def _may_end(log: Log, write: Mail | None, ticket: Ticket | None) -> bool:
    """Whether the last step can be taken; a ticket is written as it is asked for."""
    if ticket is not None:
        return ticket(log.row)
    return write is not None or _may_return(log)


def _may_return(log: Log) -> bool:
    """Whether the assistant answers there, and speaks to this customer, by the site's row as it is now."""
    return not lifecycle.is_paused(log.row.site_id) and not lifecycle.is_left_to_people(log)


def _return(log: Log, minutes: int) -> None:
    """Back to the assistant, with a word to the customer and a turn for what they asked meanwhile."""
    note_to_team(log, _RETURNED, minutes)
    log.append(Kind.RETURNED, SYSTEM, {"why": "nobody", "text": say(Sentence.NOBODY_CAME, log.state.language)})
    if lifecycle.queue_unanswered(log) is not None:
        transaction.on_commit(lambda: current_app.send_task(SWEEP_TURNS), robust=True)


def remind_holder(waits: Waits, *, reminded_at: datetime | None, now: datetime) -> bool:
    """Alert whoever has a customer that waits on them, reminded last at `reminded_at`; whether that was done."""
    with transaction.atomic():
        row, call = _held(waits)
        if row is None or (call.reminded_at if call else None) != reminded_at:
            return False
        log = Log(row, to_ms(now))
        note = note_to_team(log, _UNANSWERED, waits.minutes)
        log.close()
        call = call or Call(conversation=row, seq=note, why="unanswered", at=waits.begin)
        call.member, call.alert_seq, call.reminded_at, call.step = waits.member, note, log.now, Call.Step.REMINDED
        call.save()
        return True


def take_back(waits: Waits, *, now: datetime) -> bool:
    """Take a conversation that waits unanswered from whoever has it, for others to have; whether it waited still.

    They are not given it again before somebody has answered (`agents.attending`).
    """
    with transaction.atomic():
        row, call = _held(waits)
        if row is None:
            return False
        known = {"seq": row.last_seq, "alert_seq": row.last_seq, "why": "unanswered", "at": waits.begin}
        call = call or Call(conversation=row, **known)
        call.member, call.step, call.ended_at = waits.member, Call.Step.GIVEN_UP, to_ms(now)
        call.save()
        log = Log(row, to_ms(now))
        note_to_team(log, _TAKEN, waits.minutes, name=waits.member.name)
        log.append(Kind.RELEASED, SYSTEM, {"why": "away"})
        log.close()
        return True


def let_go(*, conversation_id: int, member: Member | None, now: datetime) -> bool:
    """Take a waiting customer from a member who is gone (None: deleted), for others to have; whether one waited."""
    with transaction.atomic():
        row = locked(pk=conversation_id, handler=Handler.AGENT, assignee=member)
        if row is None or not _waits(row):
            return False
        log = Log(row, to_ms(now))
        log.append(Kind.RELEASED, SYSTEM, {"why": "away"})
        log.close()
        return True


def wake(*, conversation_id: int, now: datetime) -> bool:
    """Bring back a conversation whose snooze is over, to the queue where its agent was deleted; whether it was."""
    with transaction.atomic():
        row = locked(pk=conversation_id)
        ended = row and Snooze.objects.filter(conversation=row, until__lte=now).delete()[0]
        if row is None or not ended:
            return False
        log = Log(row, to_ms(now))
        note = note_to_team(log, _("The time is up: this conversation is back."))
        if row.handler == Handler.AGENT and row.assignee is None:
            log.append(Kind.RELEASED, SYSTEM, {"why": "away"})
        log.close()
        if row.handler == Handler.AGENT and row.assignee:
            Call.objects.filter(conversation=row, ended_at=None).update(ended_at=log.now)
            known = {"conversation": row, "seq": note, "alert_seq": note, "why": "woken", "member": row.assignee}
            Call.objects.create(**known, at=log.now)
        return True


def _open(call_id: int, now: datetime, **still: object) -> Log | None:
    """The log of a call that is open for everybody, locked, where that is `still` so."""
    conversation = Call.objects.filter(pk=call_id, ended_at=None).values_list("conversation", flat=True).first()
    row = locked(pk=conversation, handler=Handler.QUEUE) if conversation else None
    if row is None or not Call.objects.filter(pk=call_id, ended_at=None, member=None, **still).exists():
        return None
    return Log(row, to_ms(now))


def _held(waits: Waits) -> tuple[Conversation | None, Call | None]:
    """A conversation that waits on its member, locked, and the open call for it; None, None where it does not."""
    row = locked(pk=waits.conversation_id, handler=Handler.AGENT, assignee=waits.member, snooze__until=None)
    if row is None:
        return None, None
    call = Call.objects.filter(conversation=row, ended_at=None).first()
    begin = call.at if call else row.waiting_since
    return (row, call) if begin and begin <= waits.begin else (None, None)


def _waits(row: Conversation) -> bool:
    """Whether the customer waits for an answer, or was promised somebody."""
    return row.waiting_since is not None or Call.objects.filter(conversation=row, ended_at=None).exists()


def locked(**which: object) -> Conversation | None:
    """The conversation that is so, for writing; None where there is none."""
    return Conversation.objects.locked().select_related("site").filter(**which).first()


def note_to_team(log: Log, text: Any, minutes: int | None = None, **names: str) -> int:
    """A note to the team, in the site's language; its seq."""
    with translation.override(log.row.site.locale):
        said = str(text % {"minutes": minutes, **names})
    return log.append(Kind.NOTE, TANDEM, {"text": said}, visible="team").seq
