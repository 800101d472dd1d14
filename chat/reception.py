"""What a waiting customer is told beside “a person will take over”, and the e-mail address that they may leave.

Whoever waits is invited once, never made: the invitation is part of what they are told, and an address in what they
write while they wait is taken as the answer to it.
"""

import re
from datetime import datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from supportsite.sites import staffing
from supportsite.sites.models import Site

from .models import Visitor
from .sentences import Sentence, say, say_when

_ADDRESS: Final = re.compile(r"[^\s<>,;:\"'()\[\]]{1,64}@[^\s<>,;:\"'()\[\]]{3,190}")


def words(site: Site, visitor: Visitor, language: str, now: datetime) -> str:
    """When nobody is there: that it is so, from when somebody is, and until when an answer comes. Then the invitation.

    The visitor is marked as invited.
    """
    is_open, is_staffed = site.hours.is_open(now), staffing.somebody_online(site.pk, now)
    opens = now if is_open else site.hours.next_opening(now)
    told = [] if is_open and is_staffed else [_absence(is_open, opens, language)]
    if told and opens and site.promise_hours:
        by = (opens + timedelta(hours=site.promise_hours)).astimezone(site.hours.zone)
        told.append(say(Sentence.PROMISE, language, when=say_when(by, language)))
    if not visitor.email and visitor.email_asked_at is None and (invitation := _invitation(absent=bool(told))):
        told.append(say(invitation, language))
        visitor.email_asked_at = now
        visitor.save(update_fields=["email_asked_at"])
    return " ".join(told)


def take_address(visitor: Visitor, text: str) -> bool:
    """Keep the e-mail address in what an invited visitor wrote; whether there was a new one.

    A message that is nothing but an address corrects an earlier one.
    """
    if visitor.email_asked_at is None or (address := address_in(text)) in ("", visitor.email):
        return False
    if visitor.email and address != text.strip():
        return False
    visitor.email = address
    visitor.save(update_fields=["email"])
    return True


def thanks(visitor: Visitor, language: str) -> str:
    """What is said when an address was left; nothing is promised that does not go out."""
    sentence = Sentence.EMAIL_TAKEN if staffing.mail_is_well() else Sentence.EMAIL_KEPT
    return say(sentence, language, email=visitor.email)


def address_in(text: str) -> str:
    """The first e-mail address in a text, "" where there is none."""
    for found in _ADDRESS.findall(text):
        address = found.strip(".!?…*_`")
        try:
            EmailValidator(allowlist=[])(address)
        except ValidationError:
            continue
        return str(address)
    return ""


def _absence(is_open: bool, opens: datetime | None, language: str) -> str:
    if is_open:
        return say(Sentence.NOBODY_HERE, language)
    if opens is None:
        return say(Sentence.CLOSED, language)
    return say(Sentence.CLOSED_UNTIL, language, when=say_when(opens, language))


def _invitation(*, absent: bool) -> Sentence | None:
    if staffing.mail_is_well():
        return Sentence.ASK_EMAIL
    return Sentence.ASK_EMAIL_TO_REACH if absent else None
