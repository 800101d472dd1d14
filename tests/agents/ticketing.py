"""Customers who call a person and leave an address, and time that passes until a ticket is opened for them."""

from agents import attending, tickets
from chat.models import Event, Visitor
from tests.agents.waiting import PERSON, minutes

ADA = "ada@example.com"


def asks(cast, start, *, email=ADA, visitor="v"):
    """A customer calls a person; `email` is what they left."""
    cast.says(visitor, "My tent pole broke, and the shop says **nothing**", at=start)
    row = cast.says(visitor, PERSON, at=start)
    Visitor.objects.filter(conversation=row).update(email=email)
    return row


def after(start, n):
    """The rules are looked at, then what is due is opened, twice: twice is once."""
    now = start + minutes(n)
    for _twice in range(2):
        attending.carry_on(now)
        tickets.open_due(now=now)


def notes(row):
    return [event.body["text"] for event in Event.objects.filter(conversation=row, kind="note").order_by("seq")]


def told(row):
    return [event.body["text"] for event in Event.objects.filter(conversation=row, kind="told").order_by("seq")]
