"""Tickets as rows: written in a verb's transaction, opened in the help desk after it, tried for an hour, never doubled.

A kill between the help desk's word and ours leaves a row that is due: the ticket is then found again by the id that we
gave it, and the key goes along for what is not found yet.
"""

import hashlib
import time
import zlib
from datetime import datetime, timedelta
from typing import Any, Final

from celery import current_app
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agents import ticket_body
from agents.help_desk import Failed, HelpDesk, help_desk
from agents.letters import Health
from agents.models import HelpDeskState, Ticket
from chat import ledger, sent_out
from chat.models import Call, Conversation, Escalation, Handler
from supportsite.sites.models import Site

TASK: Final = "agents.open_tickets"
PATIENCE: Final = timedelta(hours=1)  # Zendesk knows a key for two
LOOK_AGAIN: Final = timedelta(minutes=5)
_FIRST_WAIT: Final = timedelta(seconds=30)  # longer than both requests of a try may take
_LONGEST_WAIT: Final = timedelta(minutes=10)
_MOST: Final = 20  # at one go
_NOT_OF_LOGIN: Final = ("403", "404")  # the login may be well and tickets refused all the same
_OVER: Final[dict[str, Any]] = {"due_at": None, "request": "", "email": ""}
UNTRIED: Final = "untried"
WORDS: Final[dict[str, Promise]] = {
    UNTRIED: _("its login was not tried yet"),
    "401": _("it does not take the user or the token (401)"),
    "403": _("the user may not open tickets (403)"),
    "404": _("there are no tickets at that address (404)"),
    "429": _("it asks for patience (429)"),
    "no_agent": _("the user is no agent"),
    "slow": _("it does not answer in time"),
    "unreachable": _("it cannot be reached"),
    "private_address": _("its address is in your own network"),
}


def health() -> Health:
    """As the last ticket or login went, by the settings that there are now; nothing is well before it was tried."""
    desk = help_desk()
    state = _state(desk) if desk else None
    return Health(desk is not None, state.error if state else UNTRIED if desk else "")


def is_well() -> bool:
    """Whether a ticket that is written now is likely to be opened."""
    return health().is_well


def told(error: str) -> str:
    """Why none is opened, in words."""
    return str(WORDS.get(error, error))


def check(*, now: datetime) -> str:
    """Try the login, open nothing; why it failed, empty where it did not. Keeps what it found."""
    if (desk := help_desk()) is None:
        return ""
    error, quiet_until = "", None
    try:
        desk.check()
    except Failed as failed:
        error, quiet_until = failed.why, _quiet_until(failed, now)
    _keep(desk, error, now, quiet_until=quiet_until)
    return error


def look_again(*, now: datetime) -> None:
    """Try the login while it failed and a site wants tickets: new settings at once, who was away now and then.

    Not while it asks to be left alone.
    """
    desk = help_desk()
    state = _state(desk) if desk else None
    if state and state.quiet_until and state.quiet_until > now:
        return
    if state and (not state.error or state.error in _NOT_OF_LOGIN or state.at > now - LOOK_AGAIN):
        return
    if desk and Site.objects.filter(unclaimed_rule="ticket").exists():
        check(now=now)


def ready(calls: QuerySet[Call]) -> set[int]:
    """Of these calls those that a ticket may be opened for, by row id.

    The customer has an address, and for this escalation there is no ticket yet, or one that only the help desk's
    absence prevented.
    """
    last = Escalation.objects.filter(conversation=OuterRef("conversation")).order_by("-seq").values("seq")[:1]
    is_done = Q(due_at__isnull=False) | Q(opened_at__isnull=False) | Q(refused=True)
    had = Ticket.objects.filter(is_done, conversation=OuterRef("conversation"), seq=OuterRef("of"))
    reachable = ~Q(conversation__visitor__email="") | Q(conversation__visitor__customer__email__gt="")
    found = calls.filter(reachable).annotate(of=Coalesce(Subquery(last), F("seq")))
    return set(found.filter(~Exists(had)).values_list("pk", flat=True))


def write(row: Conversation, *, now: datetime) -> bool:
    """A ticket for a conversation's open call, due at once; False where the customer has no address.

    Call it in the transaction that decides. It leaves after the commit.
    """
    email = _address(row)
    if not email:
        return False
    escalation = Escalation.objects.filter(conversation=row).order_by("-seq").first()
    seq = escalation.seq if escalation else Call.objects.get(conversation=row, ended_at=None).seq
    request = ticket_body.compose(row, escalation, email=email, external_id=_external_id(row, seq))
    known = {"email": email, "request": request, "made_at": now, "due_at": now, "error": ""}
    Ticket.objects.update_or_create(conversation=row, seq=seq, defaults=known)
    transaction.on_commit(lambda: current_app.send_task(TASK), robust=True)
    return True


def open_due(*, now: datetime) -> int:
    """Open what is due, each by whoever claims it first; how many were. Who finds the help desk away is the last.

    While it asks for patience it is asked nothing, for no ticket.
    """
    desk = help_desk()
    if desk is None:
        return 0
    state = _state(desk)
    due = Ticket.objects.filter(due_at__lte=now).select_related("conversation").order_by("due_at")[:_MOST]
    if state and state.quiet_until and state.quiet_until > now:
        for ticket in due:
            _hold(ticket, desk, state.quiet_until, now)
        return 0
    opened, began = 0, time.monotonic()
    for ticket in due:
        again = now + _wait(ticket, now)
        mine = Ticket.objects.filter(pk=ticket.pk, due_at=ticket.due_at, tries=ticket.tries)
        if not mine.update(due_at=again, tried_at=now, tries=F("tries") + 1):
            continue
        try:
            opened += _open(ticket, desk, now)
        except Failed as failed:
            asked_for = now + timedelta(seconds=time.monotonic() - began)  # its patience counts from its answer
            _failed(ticket, desk, failed, now=now, quiet_until=_quiet_until(failed, asked_for))
            if failed.of_desk:
                break
    return opened


def _address(row: Conversation) -> str:
    customer = row.visitor.customer
    return row.visitor.email or (customer.email if customer else "")


def _external_id(row: Conversation, seq: int) -> str:
    return f"{row.public_id}-{seq}"


def _wait(ticket: Ticket, now: datetime) -> timedelta:
    """As long as it was tried so far, within bounds; up to a half more, so that not all come back at once."""
    waited = min(max(_FIRST_WAIT, now - ticket.made_at), _LONGEST_WAIT)
    return waited * (1 + (zlib.crc32(f"{ticket.pk}-{ticket.tries}".encode()) % 1000) / 2000)


def _open(ticket: Ticket, desk: HelpDesk, now: datetime) -> bool:
    """One that was tried before is looked for; where somebody has come by now, none is opened any more."""
    external_id = _external_id(ticket.conversation, ticket.seq)
    number = desk.find(external_id) if ticket.tries else None
    if number is None and not _is_wanted(ticket):
        Ticket.objects.filter(pk=ticket.pk).update(**_OVER, error="withdrawn")
        return False
    if number is None:
        number = _asked(ticket, desk, external_id, now)
    link = desk.link(number)
    said = {"number": str(number), "link": link, "email": ticket.email}
    with transaction.atomic():
        # First: its lock is the one that whoever erases the log takes first.
        sent_out.ticket_opened(conversation_id=ticket.conversation_id, seq=ticket.seq, **said, now=now)
        Ticket.objects.filter(pk=ticket.pk).update(**_OVER, number=number, link=link, opened_at=now, error="")
        _keep(desk, "", now)
    return True


def _is_wanted(ticket: Ticket) -> bool:
    unclaimed = Call.objects.filter(conversation=ticket.conversation_id, ended_at=None, member=None)
    return unclaimed.filter(step=Call.Step.GIVEN_UP, conversation__handler=Handler.QUEUE).exists()


def _asked(ticket: Ticket, desk: HelpDesk, external_id: str, now: datetime) -> int:
    """The number of the new ticket, with the ledger's row around the request. Raises Failed."""
    row = ledger.open_ticket(
        conversation_id=ticket.conversation_id, seq=ticket.seq, host=desk.host, told=ticket.request, now=now
    )
    key = f"tandem-{external_id}-{hashlib.sha256(ticket.request.encode()).hexdigest()[:12]}"
    outcome = "killed"
    try:
        number = desk.open(ticket.request, key=key)
        outcome = "answered"
        return number
    except Failed as failed:
        outcome = failed.why
        raise
    finally:
        ledger.close_row(row=row, tokens_in=0, tokens_out=0, outcome=outcome, now=now)


def _quiet_until(failed: Failed, now: datetime) -> datetime | None:
    """Until when the help desk asked to be left alone, of whatever ticket; None where it did not."""
    if failed.why != "429" and not failed.after:
        return None
    return now + (timedelta(seconds=failed.after) if failed.after else _FIRST_WAIT)


def _hold(ticket: Ticket, desk: HelpDesk, quiet_until: datetime, now: datetime) -> None:
    """Nothing is asked: due when the help desk takes questions again, lost where there is no patience for that."""
    if quiet_until <= ticket.made_at + PATIENCE:
        Ticket.objects.filter(pk=ticket.pk, due_at=ticket.due_at).update(due_at=quiet_until)
        return
    # What was never asked for is nowhere.
    _lost(ticket, desk, Failed("429", permanent=ticket.tries == 0, of_desk=True), now=now, quiet_until=quiet_until)


def _failed(ticket: Ticket, desk: HelpDesk, failed: Failed, *, now: datetime, quiet_until: datetime | None) -> None:
    """Due again while there is patience left."""
    again = max(now + _wait(ticket, now), quiet_until or now)
    if failed.permanent or again > ticket.made_at + PATIENCE:
        _lost(ticket, desk, failed, now=now, quiet_until=quiet_until)
        return
    Ticket.objects.filter(pk=ticket.pk).update(due_at=again, error=failed.why)
    if quiet_until:
        state = _state(desk)  # that it asks for patience does not say that it is not well
        _keep(desk, state.error if state else failed.why, now, quiet_until=quiet_until)


def _lost(ticket: Ticket, desk: HelpDesk, failed: Failed, *, now: datetime, quiet_until: datetime | None) -> None:
    """The team is told, and the site's rule goes on without a ticket."""
    may_be = "" if failed.permanent else _external_id(ticket.conversation, ticket.seq)
    with transaction.atomic():
        sent_out.ticket_lost(conversation_id=ticket.conversation_id, why=told(failed.why), may_be=may_be, now=now)
        Ticket.objects.filter(pk=ticket.pk).update(**_OVER, error=failed.why, refused=not failed.of_desk)
        if failed.of_desk:
            _keep(desk, failed.why, now, quiet_until=quiet_until)


def _keep(desk: HelpDesk, error: str, now: datetime, *, quiet_until: datetime | None = None) -> None:
    known = {"at": now, "login": _login(desk), "error": error, "quiet_until": quiet_until}
    HelpDeskState.objects.update_or_create(pk=1, defaults=known)


def _state(desk: HelpDesk) -> HelpDeskState | None:
    return HelpDeskState.objects.filter(login=_login(desk)).first()


def _login(desk: HelpDesk) -> str:
    told = "\0".join((desk.url, desk.user, desk.token))
    return salted_hmac("tandem.help_desk", told, algorithm="sha256").hexdigest()
