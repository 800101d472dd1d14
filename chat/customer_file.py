"""What a customer may be told of themselves, as a file: who they are, and each of their logs (docs/identity.md)."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from .clock import stamp
from .customer_rows import Customer
from .models import Conversation, Event


def lines(customer: Customer) -> Iterator[str]:
    """JSON Lines: the customer, then each conversation and behind it its events, team notes included, as they stand."""
    for one in _objects(customer):
        yield json.dumps(one, cls=DjangoJSONEncoder, ensure_ascii=False) + "\n"


def _objects(customer: Customer) -> Iterator[dict[str, Any]]:
    yield {
        "type": "customer",
        "id": customer.external_id,
        "name": customer.name,
        "email": customer.email,
        "value": customer.value,
        "first_verified": stamp(customer.made_at),
        "last_changed": stamp(customer.told_at),
    }
    found = Conversation.objects.filter(site=customer.site_id, visitor__customer=customer).select_related("visitor")
    for row in found.order_by("pk"):
        yield _conversation(row)
        for event in Event.objects.filter(conversation=row).order_by("seq").iterator():
            yield _event(row, event)


def _conversation(row: Conversation) -> dict[str, Any]:
    return {
        "type": "conversation",
        "id": row.public_id,
        "begun": stamp(row.made_at),
        "language": row.language,
        "locale": row.locale,
        "page": row.page,
        "email": row.visitor.email,
        "moods": row.moods,
    }


def _event(row: Conversation, event: Event) -> dict[str, Any]:
    return {
        "type": "event",
        "conversation": row.public_id,
        "seq": event.seq,
        "at": stamp(event.at),
        "kind": event.kind,
        "seen_by": "everybody in it" if event.visible == "all" else "the team",
        "from": {"role": event.role, "name": event.author_name},
        **event.body,
    }
