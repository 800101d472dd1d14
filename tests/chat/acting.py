"""What the tests of actions and procedures have in common: a visitor who writes, and what came of it."""

import asyncio
import itertools

from asgiref.sync import sync_to_async

from chat import lifecycle, turns
from chat.intent_rows import Intent, KeywordRule
from chat.models import Event, Turn
from tests.conftest import NOW

_ids = itertools.count(1)


def begins(site, name: str, *words: str) -> Intent:
    """An intent that these words mean."""
    intent = Intent.objects.create(site=site, name=name, kind="account")
    KeywordRule.objects.create(site=site, intent=intent, any_of=list(words))
    return intent


def asks(slot: str, kind: str, text: str) -> dict:
    """A step that asks for something."""
    return {"does": "ask", "slot": slot, "kind": kind, "text": {"en": text}}


def says(text: str) -> dict:
    """A step that says something."""
    return {"does": "say", "text": {"en": text}}


async def write(site, text: str, client_id: str = "", visitor: str = "a") -> lifecycle.Done:
    """A visitor's message, stored."""
    request = {"visitor_id": visitor * 32, "client_id": client_id or f"id-{next(_ids)}"}
    return await sync_to_async(lifecycle.post_message)(site=site, text=text, now=NOW, **request)


async def ask(site, text: str, visitor: str = "a") -> Event:
    """A visitor's message, answered; the newest event that they see."""
    done = await write(site, text, visitor=visitor)
    if done.turn_id:
        await turns.run(done.turn_id)
    return await sync_to_async(Event.objects.filter(visible="all").order_by("-pk").first)()


async def said(site, *texts: str) -> list[Event]:
    return [await ask(site, text) for text in texts]


async def until_asked(shop) -> None:
    """Until the server has the request."""
    for _ in range(500):
        if shop.asked:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody asked")


def trace(kind: str = "procedure") -> list[str]:
    """What the newest turn's trace says of the procedure."""
    steps = Turn.objects.order_by("-pk").first().trace["steps"]
    return [step["decision"] for step in steps if step["step"] == kind]


def fault() -> str:
    """Why the newest turn's request was not sent or brought nothing."""
    return Turn.objects.order_by("-pk").first().trace["steps"][-1]["evidence"]["fault"]
