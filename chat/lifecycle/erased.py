"""Somebody is forgotten: what they and others wrote in their log goes, and what is counted of it stays.

What was made of a conversation in other tables goes with all its words, unless it is named here: a table that nobody
thought of is emptied.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction

from chat.action_rows import Deed
from chat.clock import to_ms
from chat.customer_rows import Customer
from chat.log import SYSTEM, Log
from chat.models import (
    Call,
    Conversation,
    Escalation,
    Event,
    Handler,
    Kind,
    Outbound,
    Receipt,
    Turn,
    Visitor,
    new_public_id,
)
from chat.rating_rows import Rating
from knowledge import gaps
from supportsite.sites.models import Site

from .steps import rows

# What the fold and the figures read of an event; of the rest those that readers expect are emptied, the others go.
KEPT: Final = frozenset(
    {
        "agent", "answer", "answered", "aside", "asked", "escalation", "for_assistant", "handler", "helpful",
        "language", "mood", "n", "name", "reasons", "resolved", "score", "to", "turn", "until", "upto", "verdict",
        "why",
    }
)  # fmt: skip
EMPTIED: Final[dict[str, Any]] = {"text": "", "comment": "", "sources": [], "attachments": []}
_AT_ONCE: Final = 500


@dataclass(frozen=True)
class Erased:
    """How much was erased."""

    conversations: int = 0
    messages: int = 0


def forget_customer(*, site: Site, external_id: str, now: datetime) -> Erased | None:
    """Erase every log of the customer, on each of their devices, and who they are. None: there is no such customer.

    Should they write again they are somebody new.
    """
    with transaction.atomic():
        found = Customer.objects.select_for_update(no_key=True).filter(site=site, external_id=external_id)
        customer = found.first()
        if customer is None:
            return None
        visitors = list(Visitor.objects.filter(site=site, customer=customer).order_by("pk"))
        Visitor.objects.filter(customer=customer).update(customer=None)  # else they would go with the row below
        logs = [_forget(visitor, now) for visitor in visitors]
        # Its home is one of them, and stays for the counts.
        Customer.objects.filter(pk=customer.pk).delete()
    return Erased(sum(one.conversations for one in logs), sum(one.messages for one in logs))


def forget_conversation(*, site: Site, public_id: str, now: datetime) -> Erased | None:
    """Erase the log of a visitor whom nobody vouched for. None: there is no such log, or it is a customer's."""
    with transaction.atomic():
        found = Visitor.objects.select_for_update(no_key=True).filter(
            site=site, conversation__public_id=public_id, customer=None
        )
        visitor = found.first()
        return None if visitor is None else _forget(visitor, now)


def was_erased(*, conversation_id: int, since: int) -> bool:
    """Whether what was said at `since` was erased. Who writes by it asks while they hold the conversation's lock."""
    return Event.objects.filter(conversation=conversation_id, kind=Kind.ERASED, seq__gt=since).exists()


def _forget(visitor: Visitor, now: datetime) -> Erased:
    """The log of one visitor. Under their new id nobody has a token: what they have opens nothing."""
    row = rows().filter(visitor=visitor).first()
    was, visitor.public_id = visitor.public_id, new_public_id()
    visitor.email, visitor.email_asked_at, visitor.customer = "", None, None
    visitor.save(update_fields=["public_id", "email", "email_asked_at", "customer"])
    Receipt.objects.filter(sender=f"v:{was}").delete()
    if row is None:
        return Erased()
    upto = row.last_seq
    _end(row, upto, to_ms(now))
    messages = _empty_events(row, upto, visitor)
    _empty_what_was_made(row)
    gaps.forget_asker(site=row.site, asker=row.public_id)
    Conversation.objects.filter(pk=row.pk).update(page="")
    return Erased(1, messages)


def _end(row: Conversation, upto: int, now: datetime) -> None:
    """Whoever reads it live hears of it, and nobody goes on with it."""
    log = Log(row, now)
    if log.state.handler != Handler.CLOSED:
        log.append(Kind.RESOLVED, SYSTEM, {"text": ""})
    log.append(Kind.ERASED, SYSTEM, {"upto": upto})
    log.close()


def _empty_events(row: Conversation, upto: int, visitor: Visitor) -> int:
    """The bodies, and under which id the visitor sent them; how many of them were messages."""
    messages, waiting = 0, []
    for event in Event.objects.filter(conversation=row, seq__lte=upto).order_by("seq").iterator(_AT_ONCE):
        messages += event.kind == Kind.MESSAGE
        event.body = emptied(event.body)
        event.digest = ""
        if event.sender is not None and event.sender.startswith("v:"):
            event.sender = f"v:{visitor.public_id}"
        if event.role == "visitor":
            event.author = visitor.public_id
        waiting.append(event)
    Event.objects.bulk_update(waiting, ["body", "digest", "sender", "author"], batch_size=_AT_ONCE)
    return messages


def emptied(body: dict[str, Any]) -> dict[str, Any]:
    """What stays of an event's body."""
    kept = {name: value for name, value in body.items() if name in KEPT}
    return kept | {name: value for name, value in EMPTIED.items() if name in body} | {"erased": True}


def _empty_what_was_made(row: Conversation) -> None:
    stays = {model for model, _empty in _STAYS}
    for model, name in _tables_beside():
        if model not in stays:
            model._default_manager.filter(**{name: row.pk}).delete()
    for model, empty in _STAYS:
        empty(model._default_manager.filter(conversation=row.pk))


def _tables_beside() -> Iterable[tuple[type[models.Model], str]]:
    """Every table whose rows are a conversation's, with the name of the field that says so."""
    for relation in Conversation._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.remote_field is not None:
            yield relation.related_model, relation.remote_field.name  # type: ignore[misc]


def _nothing(found: "models.QuerySet[Any]") -> None:
    """There are no words in it."""


def _codes_alone(found: "models.QuerySet[Any]") -> None:
    for escalation in found:
        reasons = [reason | {"evidence": ""} for reason in escalation.reasons]
        type(escalation).objects.filter(pk=escalation.pk).update(reasons=reasons, summary="")


# What is counted: when, by whom, how long, at which cost. Each with what takes the words out.
_STAYS: Final[tuple[tuple[type[models.Model], Callable[["models.QuerySet[Any]"], object]], ...]] = (
    (Event, _nothing),
    (Call, _nothing),
    (Rating, _nothing),
    (Turn, lambda found: found.update(trace={})),
    (Escalation, _codes_alone),
    (Outbound, lambda found: found.update(saw={}, digest="")),
    (Deed, lambda found: found.update(answer={}, what="")),
)
