"""A conversation that has lived through every kind of event, made by the verbs themselves."""

import itertools
from datetime import timedelta
from typing import Any

from chat import leases, lifecycle
from chat.models import Conversation
from supportsite.sites.models import Member, Site
from tests.conftest import NOW

SOURCE = {
    "n": 1,
    "title": "Delivery times",
    "url": "/help/delivery/#abroad",
    "section": "Abroad",
    "quote": "From two days.",
    "language": "en",
    "date": "2026-11-01",
}
_numbers = itertools.count(1)


def live(site: Site, member: Member, *, visitor: str | None = None) -> Conversation:
    """Asked, answered, offered, returned, escalated, claimed, noted, handed back, resolved and reopened."""
    visitor = visitor or f"{next(_numbers):032x}"
    done = _say(site, visitor, "How long does delivery take?")
    _answer(done, "From two days.", "answer", [SOURCE])
    done = _say(site, visitor, "Und nach Österreich, wie lange dauert das bitte?")
    _answer(done, "I don't know.", "unknown", [])
    lifecycle.ask_for_person(site=site, visitor_id=visitor, client_id=_id(), now=_soon())
    lifecycle.cancel_person(site=site, visitor_id=visitor, client_id=_id(), now=_soon())
    done = _say(site, visitor, "I want to talk to a human")
    by: dict[str, Any] = {"member": member, "conversation": done.public_id}
    lifecycle.claim(**by, client_id=_id(), now=_soon())
    lifecycle.agent_message(**by, client_id=_id(), text="Hello, this is me.", now=_soon())
    lifecycle.note(**by, client_id=_id(), text="Kind, but in a hurry.", now=_soon())
    lifecycle.hand_back(**by, client_id=_id(), note="Tell them about Austria.", now=_soon())
    lifecycle.resolve(**by, client_id=_id(), now=_soon())
    lifecycle.reopen(**by, client_id=_id(), now=_soon())
    return Conversation.objects.select_related("assignee", "site").get(pk=done.conversation_id)


def _say(site: Site, visitor: str, text: str) -> lifecycle.Done:
    return lifecycle.post_message(site=site, visitor_id=visitor, client_id=_id(), text=text, now=_soon())


def _answer(done: lifecycle.Done, text: str, answered: str, sources: list[dict[str, Any]]) -> None:
    assert done.turn_id is not None
    now = _soon()
    lease = leases.take(turn_id=done.turn_id, now=now)
    assert lease is not None
    stored = lifecycle.finish_turn(
        turn_id=lease.turn_id,
        attempt=lease.attempt,
        text=text,
        sources=sources,
        answered=answered,
        trace={"steps": [{"step": "retrieve", "decision": "found"}]},
        now=now,
    )
    assert stored


def _id() -> str:
    return f"life-{next(_numbers)}"


def _soon() -> Any:
    return NOW + timedelta(milliseconds=137 * next(_numbers))
