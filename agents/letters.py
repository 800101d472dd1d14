"""E-mails as rows: written in a verb's transaction, sent after it, tried again until the server has taken them."""

import smtplib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F

from agents import mail_login
from agents.models import Letter, MailState
from agents.refusals import NoAddress, Refusal, fault_of, refusal
from chat import reception, sent_out
from chat.sent_out import Fault
from supportsite.sites.models import Member

TASK: Final = "agents.send_letters"
MOST_TRIES: Final = 10  # of a letter that is itself refused; over 17 hours
LOOK_AGAIN: Final = timedelta(minutes=5)
PATIENCE: Final = timedelta(days=3)  # with the server: as long as a link to set a password works
_PATIENCE_WITH_TALKS: Final = timedelta(hours=17)  # what is about a conversation is written again by its rules
_IN_A_ROW: Final = 3  # recipients that are refused one after another, each by an answer that may mean any of them
_FIRST_WAIT: Final = timedelta(minutes=1)
_KEPT: Final = timedelta(days=30)
_MOST: Final = 50  # at one go


@dataclass(frozen=True)
class Health:
    """Whether e-mail goes out: `is_set_up`, and why the newest try failed, empty where it did not.

    `took_login`: the server was there, and refused a letter.
    """

    is_set_up: bool
    error: str
    took_login: bool = True

    @property
    def is_well(self) -> bool:
        """Whether a letter that is written now is likely to arrive."""
        return self.is_set_up and not self.error

    @property
    def is_worth_a_try(self) -> bool:
        """Also where the server is there: only a letter to somebody else shows whether it refuses one or all."""
        return self.is_set_up and (self.took_login or not self.error)


def is_set_up() -> bool:
    """Whether there is a server that takes e-mail."""
    return bool(settings.TANDEM.smtp_url.get_secret_value())


def health() -> Health:
    """As the newest letter went, or since then the login; a server that refuses one address takes others."""
    state = MailState.objects.first()
    return Health(is_set_up(), state.error, state.took_login) if state and is_set_up() else Health(is_set_up(), "")


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


def write(
    *,
    to: str,
    subject: str,
    text: str,
    now: datetime,
    about: About | None = None,
    member: Member | None = None,
    purpose: Letter.Purpose = Letter.Purpose.OTHER,
) -> Letter:
    """A letter to one person; it leaves after the commit. Its text is forgotten once it has: links in it open doors.

    `about` a conversation, or for a `member`, whose site is shown what became of it, with its `purpose`.
    """
    where = asdict(about) if about else {"member": member, "purpose": purpose}
    letter = Letter.objects.create(to=to, subject=subject, text=text, made_at=now, due_at=now, **where)
    transaction.on_commit(lambda: current_app.send_task(TASK), robust=True)
    return letter


def send_due(*, now: datetime) -> int:
    """Send what is due, each by whoever claims it first; how many the server took. Nothing where none is set up.

    While the server failed only new ones are tried, and every five minutes the login; where that works, all. Who finds
    that the server fails is the last. A kill between the server's word and ours sends one twice: under the same
    Message-ID, which mailboxes show once.
    """
    if not is_set_up():
        return 0
    Letter.objects.filter(made_at__lt=now - _KEPT).delete()
    _give_up_held(now)
    state = MailState.objects.exclude(error="").first()
    is_quiet = state is not None and state.at > now - LOOK_AGAIN
    if state and not is_quiet and not _look_again(now):
        return 0
    due = Letter.objects.filter(due_at__lte=now, **({"tried_at": None} if is_quiet else {}))
    sent = 0
    for letter in due.order_by("due_at", F("tried_at").asc(nulls_first=True), "pk")[:_MOST]:
        if _send(letter, now):
            sent += 1
        elif not is_well():
            break
    return sent


def _look_again(now: datetime) -> bool:
    """Try the login. Where it works, what waited for the server is due; the first of it shows whether that was all."""
    if error := mail_login.error():
        _keep(error, now, took_login=False)
        return False
    _back(now)
    return True


def _keep(error: str, now: datetime, *, took_login: bool) -> None:
    MailState.objects.update_or_create(pk=1, defaults={"at": now, "error": error, "took_login": took_login})


def _back(now: datetime) -> None:
    """The server is well again: what it held up is due."""
    if MailState.objects.exclude(error="").update(at=now, error=""):
        Letter.objects.filter(server_failed=True, due_at__isnull=False).update(due_at=now, server_failed=False)


def _give_up_held(now: datetime) -> None:
    """What waited longer for the server than it is worth."""
    held = Letter.objects.filter(server_failed=True, due_at__isnull=False)
    for letter in held.filter(made_at__lte=now - min(PATIENCE, _PATIENCE_WITH_TALKS)):
        if letter.made_at + (_PATIENCE_WITH_TALKS if letter.conversation_id else PATIENCE) <= now:
            _lose(letter, Fault.SERVER, letter.error, now)


def _send(letter: Letter, now: datetime) -> bool:
    """Whether the server took it, where it was ours to send."""
    mine = Letter.objects.filter(pk=letter.pk, due_at=letter.due_at, tries=letter.tries)
    again = now + _FIRST_WAIT * 2 ** min(letter.tries + 1, 9)
    if not mine.update(due_at=again, tried_at=now, tries=F("tries") + 1):
        return False
    try:
        message = _message(letter)
        with get_connection() as message.connection:  # closed also where the login is refused
            message.send()
    except (OSError, smtplib.SMTPException, ValueError) as error:  # ValueError: an address or a name that is none
        _failed(letter, refusal(error, to=letter.to), now)
        return False
    done = {"due_at": None, "sent_at": now, "text": "", "error": "", "server_failed": False}
    Letter.objects.filter(pk=letter.pk).update(**done)
    _back(now)
    return True


def _failed(letter: Letter, why: Refusal, now: datetime) -> None:
    """Keep why. What the server is to blame for is held until it is well, and no try of the letter's own."""
    fault = _fault(letter, why, now)
    mine = Letter.objects.filter(pk=letter.pk)
    if fault is Fault.SERVER:
        with transaction.atomic():
            mine.update(error=why.said, server_failed=True, tries=letter.tries, due_at=now + LOOK_AGAIN)
            _keep(why.said, now, took_login=why.is_answer)
    elif why.is_final or letter.tries + 1 >= MOST_TRIES:
        _lose(letter, fault, why.said, now)
    else:
        mine.update(error=why.said, server_failed=False)


def _fault(letter: Letter, why: Refusal, now: datetime) -> Fault:
    """What is refused while others are taken is at fault itself; what befalls several in a row is the server's."""
    if why.fault is Fault.ADDRESS or not why.is_answer:
        return why.fault
    if letter.tried_at and Letter.objects.filter(sent_at__gt=letter.tried_at).exists():
        return Fault.LETTER
    if why.fault is Fault.LETTER and (others := _refused_before(letter)):
        for other in others:
            if not other.server_failed:
                _revive(other, now)
        return Fault.SERVER
    return why.fault


def _refused_before(letter: Letter) -> list[Letter]:
    """Letters to others that were refused since the last one was taken, where with this one they are several."""
    last = Letter.objects.filter(sent_at__isnull=False).order_by("-sent_at").first()
    tried = Letter.objects.filter(sent_at=None, tried_at__isnull=False).exclude(error="")
    since = tried.filter(tried_at__gt=last.sent_at) if last else tried
    refused = [one for one in since.exclude(to__iexact=letter.to) if fault_of(one.error) is Fault.LETTER]
    return refused if len({one.to.lower() for one in refused}) + 1 >= _IN_A_ROW else []


def _revive(letter: Letter, now: datetime) -> None:
    """It was not refused for its own sake: held where it still can be sent, else its rule writes it again."""
    Letter.objects.filter(pk=letter.pk).update(server_failed=True)
    if letter.due_at is None:
        _tell(letter, Fault.SERVER, letter.error, now)


def _lose(letter: Letter, fault: Fault, said: str, now: datetime) -> None:
    """Never tried again. It is told of where it mattered, in the same transaction."""
    gone = {"due_at": None, "text": "", "error": said, "server_failed": fault is Fault.SERVER}
    with transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(**gone)
        _tell(letter, fault, said, now)


def _tell(letter: Letter, fault: Fault, said: str, now: datetime) -> None:
    where = letter.conversation_id
    if where is None:
        return
    if letter.purpose == Letter.Purpose.UNCLAIMED:
        sent_out.mail_failed(conversation_id=where, now=now)
    elif letter.purpose == Letter.Purpose.UNREAD:
        to, begin = letter.to, letter.after_seq
        sent_out.came_back(conversation_id=where, email=to, after_seq=begin, fault=fault, why=said, now=now)


def _message(letter: Letter) -> EmailMessage:
    """Raises NoAddress."""
    if not reception.can_be_sent_to(letter.to):
        raise NoAddress
    host = urlsplit(settings.TANDEM.public_url).hostname
    headers = {"Message-ID": f"<letter-{letter.key}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(letter.subject, letter.text, None, [letter.to], headers=headers)
