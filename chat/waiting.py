"""The system's verbs on conversations that wait for a person: given, reminded of, widened, given up, woken, let go.

Each looks at the rows again under a lock before it writes, so a sweep may call it twice, in two processes, or after a
kill: it is done once. Who is chosen and when it is due, `agents` decides (docs/escalation.md).
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

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
_RETURNED = ngettext_lazy(
    "Nobody has taken this for %(minutes)s minute: the assistant goes on.",
    "Nobody has taken this for %(minutes)s minutes: the assistant goes on.",
    "minutes",
)
Chooser = Callable[[Conversation], Member | None]


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
        note = _note(log, _REMINDED, minutes)
        log.close()
        call = Call.objects.filter(pk=call_id)
        call.update(alert_seq=note, reminded_at=log.now)
        call.filter(step=Call.Step.CALLED).update(step=Call.Step.REMINDED)
        return True


def widen(*, call_id: int, minutes: int, now: datetime) -> bool:
    """Show the conversation of an open call to every team; whether that was done."""
    with transaction.atomic():
        log = _open(call_id, now, step__lt=Call.Step.WIDENED)
        if log is None:
            return False
        if log.row.team_id is not None:
            text = _WIDENED
            _note(log, text, minutes)
            lifecycle.pass_on(log, None, SYSTEM)
            log.close()
            Call.objects.filter(pk=call_id).update(reminded_at=log.now)  # everyone is alerted anew
        Call.objects.filter(pk=call_id).update(step=Call.Step.WIDENED)
        return True


def give_up(*, call_id: int, minutes: int, now: datetime, write: Callable[[Conversation], str] | None = None) -> bool:
    """The last step for an open call: `write` (an e-mail; the address that it went to), or back to the assistant.

    Nothing, not even the step, where the assistant is paused: then it waits on. Whether it was done.
    """
    with transaction.atomic():
        log = _open(call_id, now, step__lt=Call.Step.GIVEN_UP)
        if log is None or (write is None and lifecycle.is_paused(log.row.site_id)):
            return False
        if write is not None:
            _note(log, _MAILED, minutes)
            write(log.row)
        else:
            _note(log, _RETURNED, minutes)
            text = say(Sentence.NOBODY_CAME, log.state.language)
            log.append(Kind.RETURNED, SYSTEM, {"why": "nobody", "text": text})
        Call.objects.filter(pk=call_id).update(step=Call.Step.GIVEN_UP)
        log.close()
        return True


def let_go(*, conversation_id: int, member: Member, now: datetime) -> bool:
    """Take a conversation from a member whose console is gone, for the next one to have; whether it was theirs."""
    with transaction.atomic():
        row = _locked(pk=conversation_id, handler=Handler.AGENT, assignee=member)
        if row is None:
            return False
        log = Log(row, to_ms(now))
        log.append(Kind.RELEASED, SYSTEM, {"why": "away"})
        log.close()
        return True


def wake(*, conversation_id: int, now: datetime) -> bool:
    """Bring back a conversation whose snooze is over; whether it was."""
    with transaction.atomic():
        row = _locked(pk=conversation_id)
        ended = row and Snooze.objects.filter(conversation=row, until__lte=now).delete()[0]
        if row is None or not ended:
            return False
        log = Log(row, to_ms(now))
        note = _note(log, _("The time is up: this conversation is back."))
        log.close()
        if row.handler == Handler.AGENT and row.assignee:
            Call.objects.filter(conversation=row, ended_at=None).update(ended_at=log.now)
            known = {"conversation": row, "seq": note, "alert_seq": note, "why": "woken", "member": row.assignee}
            Call.objects.create(**known, at=log.now)
        return True


def _open(call_id: int, now: datetime, **still: object) -> Log | None:
    """The log of a call that is open for everybody, locked, where that is `still` so."""
    conversation = Call.objects.filter(pk=call_id, ended_at=None).values_list("conversation", flat=True).first()
    row = _locked(pk=conversation, handler=Handler.QUEUE) if conversation else None
    if row is None or not Call.objects.filter(pk=call_id, ended_at=None, member=None, **still).exists():
        return None
    return Log(row, to_ms(now))


def _locked(**which: object) -> Conversation | None:
    return Conversation.objects.locked().select_related("site").filter(**which).first()


def _note(log: Log, text: Any, minutes: int | None = None) -> int:
    """A note to the team, in the site's language; its seq."""
    with translation.override(log.row.site.locale):
        said = str(text % {"minutes": minutes})
    return log.append(Kind.NOTE, TANDEM, {"text": said}, visible="team").seq
