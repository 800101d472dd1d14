"""A person's message that is unread for two minutes goes to the customer's e-mail address, where they left one."""

import datetime as dt
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.urls import reverse

from agents import letters
from agents.models import Letter
from chat import resume
from chat.models import Conversation, Event, EventRole, Kind, Visitor
from chat.sentences import Sentence, say

UNREAD_FOR: Final = dt.timedelta(minutes=2)
MOST: Final = 100
_LONGEST: Final = 20_000  # characters of one letter


def write_due(*, now: dt.datetime) -> int:
    """Write what is due, once; how many letters. Nothing while e-mail does not go out: it is written when it does."""
    if not letters.health().is_worth_a_try:
        return 0
    return sum(_write(pk, now) for pk in list(due(now).values_list("pk", flat=True)[:MOST]))


def due(now: dt.datetime) -> QuerySet[Conversation]:
    """Conversations with a person's message that is unread for so long and was not mailed."""
    known = Conversation.objects.exclude(visitor__email="").filter(visitor_read__lt=F("last_visible_seq"))
    return known.filter(Exists(_unread(OuterRef("pk"), OuterRef("visitor_read"), OuterRef("visitor__mailed_seq"), now)))


def _unread(conversation: Any, read: Any, mailed: Any, now: dt.datetime) -> QuerySet[Event]:
    of_people = Event.objects.filter(conversation=conversation, kind=Kind.MESSAGE, role=EventRole.AGENT)
    return of_people.filter(seq__gt=read, at__lte=now - UNREAD_FOR).filter(seq__gt=mailed)


def _write(conversation_id: int, now: dt.datetime) -> bool:
    """One letter with all that is unread; the mark and the letter are one transaction, so a kill doubles nothing."""
    with transaction.atomic():
        row = Conversation.objects.select_related("visitor", "site").get(pk=conversation_id)
        seen = max(row.visitor_read, row.visitor.mailed_seq)
        said = Event.objects.filter(conversation=row, kind=Kind.MESSAGE, role=EventRole.AGENT, seq__gt=seen)
        events = list(said.order_by("seq"))
        mine = Visitor.objects.filter(pk=row.visitor_id, mailed_seq=row.visitor.mailed_seq)
        if not events or not mine.update(mailed_seq=events[-1].seq):
            return False
        name = events[-1].author_name
        subject = say(Sentence.MAIL_SUBJECT, row.language, name=name, site=row.site.name)
        about = letters.About(row.pk, Letter.Purpose.UNREAD, row.visitor.mailed_seq)
        letters.write(to=row.visitor.email, subject=subject, text=_text(row, events, now), now=now, about=about)
        return True


def _text(row: Conversation, events: list[Event], now: dt.datetime) -> str:
    said = "\n\n".join(str(event.body.get("text", "")) for event in events)[:_LONGEST]
    link = resume.link(base=settings.TANDEM.public_url + reverse("resume"), row=row)
    sentence = Sentence.MAIL_LINK if row.visitor.customer_id is None else Sentence.MAIL_LOG_IN
    return f"{said}\n\n{say(sentence, row.language, site=row.site.name)}\n{link}\n"
