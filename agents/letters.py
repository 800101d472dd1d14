"""E-mails as rows: written in a verb's transaction, sent after it, tried again until the server has taken them."""

import smtplib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from agents.models import Letter
from chat import reception, sent_out

TASK: Final = "agents.send_letters"
MOST_TRIES: Final = 10  # over 17 hours
_FIRST_WAIT: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=30)
_CLOSING: Final = 421


class NoAddress(ValueError):
    """No e-mail can bear this recipient's address: none goes there, however often it is tried."""


@dataclass(frozen=True)
class Health:
    """Whether e-mail goes out: `is_set_up`, and why the newest try failed, empty where it did not."""

    is_set_up: bool
    error: str

    @property
    def is_well(self) -> bool:
        """Whether a letter that is written now is likely to arrive."""
        return self.is_set_up and not self.error


def is_set_up() -> bool:
    """Whether there is a server that takes e-mail."""
    return bool(settings.TANDEM.smtp_url.get_secret_value())


def health() -> Health:
    """As the newest letter that was tried went; a server that refuses one address is there, and takes others."""
    newest = Letter.objects.filter(tries__gt=0).order_by("-tried_at", "-pk").first()
    is_down = newest is not None and newest.server_failed and is_set_up()
    return Health(is_set_up(), newest.error if newest and is_down else "")


def is_well() -> bool:
    """Whether a letter that is written now is likely to arrive."""
    return health().is_well


def is_refused(to: str) -> bool:
    """Whether the newest letter to this address came back, and is not tried again."""
    newest = Letter.objects.filter(to=to, tries__gt=0).order_by("-tried_at", "-pk").first()
    return newest is not None and not newest.server_failed and newest.due_at is None and newest.sent_at is None


@dataclass(frozen=True)
class About:
    """The conversation that a letter is about, and what for: so that it is known there where it comes back.

    `after_seq`: behind which event what it holds of the conversation begins.
    """

    conversation_id: int
    purpose: Letter.Purpose
    after_seq: int = 0


def write(*, to: str, subject: str, text: str, now: datetime, about: About | None = None) -> Letter:
    """A letter to one person; it leaves after the commit. Its text is forgotten once it has: links in it open doors."""
    where = asdict(about) if about else {}
    letter = Letter.objects.create(to=to, subject=subject, text=text, made_at=now, due_at=now, **where)
    transaction.on_commit(lambda: current_app.send_task(TASK), robust=True)
    return letter


def send_due(*, now: datetime) -> int:
    """Send what is due, each by whoever claims it first; how many the server took. Nothing where none is set up.

    A kill between the server's word and ours sends one twice: under the same Message-ID, which mailboxes show once.
    """
    if not is_set_up():
        return 0
    Letter.objects.filter(made_at__lt=now - _KEPT).delete()
    return sum(_send(letter, now) for letter in Letter.objects.filter(due_at__lte=now).order_by("due_at")[:50])


def _send(letter: Letter, now: datetime) -> bool:
    tries = letter.tries + 1
    again = now + _FIRST_WAIT * 2 ** min(tries, 9) if tries < MOST_TRIES else None
    mine = Letter.objects.filter(pk=letter.pk, due_at=letter.due_at, tries=letter.tries)
    if not mine.update(due_at=again, tried_at=now, tries=F("tries") + 1):
        return False
    try:
        _message(letter).send()
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: an address or a name that is none
        _failed(letter, error, lost=_for_good(error) or again is None, now=now)
        return False
    Letter.objects.filter(pk=letter.pk).update(due_at=None, sent_at=now, text="", error="", server_failed=False)
    return True


def _failed(letter: Letter, error: Exception, *, lost: bool, now: datetime) -> None:
    """Keep why. One that is lost is told of where it mattered, in the same transaction."""
    by_server = _is_of_server(error)
    gone = {"due_at": None, "text": ""} if lost else {}
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(error=_said(error), server_failed=by_server, **gone)
        if lost and letter.conversation_id is not None:
            _came_back(letter, letter.conversation_id, refused=not by_server, now=now)


def _came_back(letter: Letter, conversation_id: int, *, refused: bool, now: datetime) -> None:
    if letter.purpose == Letter.Purpose.UNCLAIMED:
        sent_out.mail_failed(conversation_id=conversation_id, now=now)
    elif letter.purpose == Letter.Purpose.UNREAD:
        to, begin = letter.to, letter.after_seq
        sent_out.came_back(conversation_id=conversation_id, email=to, after_seq=begin, refused=refused, now=now)


def _message(letter: Letter) -> EmailMessage:
    """Raises NoAddress."""
    if not reception.can_be_sent_to(letter.to):
        raise NoAddress
    host = urlsplit(settings.TANDEM.public_url).hostname
    headers = {"Message-ID": f"<letter-{letter.key}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(letter.subject, letter.text, None, [letter.to], headers=headers)


def _for_good(error: Exception) -> bool:
    """Whether no server will ever take this one: it knows no such mailbox, or there can be none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _words in error.recipients.values())
    return isinstance(error, NoAddress)


def _is_of_server(error: Exception) -> bool:
    """Whether this says that e-mail is down: no connection, no login, or a sender that is none or is not taken.

    What a server says of one recipient or one text says nothing of the next; 421 is its word for "I am closing".
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return any(code == _CLOSING for code, _words in error.recipients.values())
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code == _CLOSING
    return not isinstance(error, NoAddress)


def _said(error: Exception) -> str:
    """Why, without a person's address, which servers like to repeat."""
    code = getattr(error, "smtp_code", "") or getattr(error, "strerror", "") or ""
    return f"{type(error).__name__} {code}".strip()[:120]
