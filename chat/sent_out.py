"""What became of e-mails and tickets about a conversation: its team is told of both, its customer of a ticket.

Each looks at the rows again under a lock; what does not matter any more is told nobody.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from celery import current_app
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Least
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import lifecycle
from .clock import to_ms
from .log import ATTEND, SYSTEM, Log
from .models import Call, Conversation, Kind, Visitor
from .sentences import Sentence, say
from .waiting import locked, note_to_team


class Fault(StrEnum):
    """Whose it is that an e-mail did not arrive."""

    SERVER = "server"
    ADDRESS = "address"
    LETTER = "letter"


_TOLD: Final[dict[Fault, Promise]] = {
    Fault.ADDRESS: _("An e-mail to the customer did not arrive: the address that they left is refused."),
    Fault.LETTER: _("An e-mail to the customer did not arrive, and is not sent again: %(why)s."),
}


def mail_failed(*, conversation_id: int, now: datetime) -> bool:
    """The e-mail of `give_up` came back: the step was not done, and the team is told; whether that still mattered."""
    with transaction.atomic():
        row = locked(pk=conversation_id)
        if row is None or not _not_given_up(row):
            return False
        log = Log(row, to_ms(now))
        note_to_team(log, _("The e-mail about this did not arrive. Nobody else is told: please see to it."))
        log.close()
        return True


def came_back(*, conversation_id: int, email: str, after_seq: int, fault: Fault, now: datetime, why: str = "") -> bool:
    """An e-mail to the customer did not arrive; whether the address was still theirs.

    By the address's fault: it is none any more, and the team is told. By the letter's: the team is told `why`. By the
    server's: it is written again when e-mail goes out. What is written again begins after `after_seq`: what was sent
    before that has arrived.
    """
    with transaction.atomic():
        row = locked(pk=conversation_id)
        theirs = Visitor.objects.filter(conversation=row, email=email)
        again = {"mailed_seq": Least(F("mailed_seq"), Value(after_seq))}  # an earlier one may have come back already
        none, same = {**again, "email": ""}, {"email": email}
        change: dict[Fault, dict[str, Any]] = {Fault.SERVER: again, Fault.ADDRESS: none, Fault.LETTER: same}
        if row is None or not theirs.update(**change[fault]):
            return False
        if fault is not Fault.SERVER:
            log = Log(row, to_ms(now))
            note_to_team(log, _TOLD[fault], why=why)
            log.close()
        return True


def ticket_opened(*, conversation_id: int, seq: int, number: str, link: str, email: str, now: datetime) -> bool:
    """The ticket for the escalation `seq` is open: the team reads where, a customer who still waits, what comes of it.

    Neither where the log was erased meanwhile: a number leads back to who asked to be forgotten.
    """
    with transaction.atomic():
        row = locked(pk=conversation_id)
        if row is None or lifecycle.was_erased(conversation_id=row.pk, since=seq):
            return False
        log = Log(row, to_ms(now))
        note_to_team(log, _("Ticket %(number)s is open in the help desk: %(link)s"), number=number, link=link)
        if _given_up(row).exists():
            text = say(Sentence.TICKET_OPENED, log.state.language, number=number, email=email)
            log.append(Kind.TOLD, SYSTEM, {"text": text})
        log.close()
        return True


def ticket_lost(*, conversation_id: int, why: str, may_be: str, now: datetime) -> bool:
    """No ticket was opened: the step was not done, and the rule goes on without one. Whether that still mattered.

    `may_be`: under which id one may be there all the same, where the help desk never said.
    """
    with transaction.atomic():
        row = locked(pk=conversation_id)
        if row is None or not _not_given_up(row):
            return False
        log = Log(row, to_ms(now))
        note_to_team(log, _("No ticket was opened in the help desk: %(why)s."), why=why)
        if may_be:
            note_to_team(log, _("If there is one all the same, its external ID is %(id)s."), id=may_be)
        log.close()
        transaction.on_commit(lambda: current_app.send_task(ATTEND), robust=True)
        return True


def _given_up(row: Conversation) -> QuerySet[Call]:
    return Call.objects.filter(conversation=row, ended_at=None, member=None, step=Call.Step.GIVEN_UP)


def _not_given_up(row: Conversation) -> int:
    """Takes the last step back, where the call still waits behind it; how many did."""
    return _given_up(row).update(step=Call.Step.WIDENED)
