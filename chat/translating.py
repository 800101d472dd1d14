"""Two-way translation for agents: what customers wrote, once for each language, and replies before they are sent."""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from supportsite.redact import Redactor

from . import gaps, tiering
from .assistant.ports import SiteView
from .assistant.translation import NotTranslated, Translated, Translator
from .crossing import read, think, write
from .lifecycle import Refused
from .models import Conversation, Event, Kind
from .translation_rows import Translation
from .turn_ports import RowLedger

_running: dict[tuple[int, int, str], asyncio.Task[Translated]] = {}


@dataclass(frozen=True)
class _Task:
    """What is to be translated, and by what."""

    text: str
    language: str
    translator: Translator


async def message(row: Conversation, seq: int, target: str) -> Translated:
    """A message of a conversation in another language; who asks while it is being made waits for the same call.

    Raises Refused: not_found, not_allowed, busy.
    """
    if known := await read(_known, row.pk, seq, target):
        return known
    key = (row.pk, seq, target)
    if key not in _running:
        _running[key] = asyncio.create_task(_message(row, seq, target))
        _running[key].add_done_callback(lambda _ended: _running.pop(key, None))
    return await asyncio.shield(_running[key])


async def reply(row: Conversation, text: str, source: str) -> Translated:
    """What a member is about to send, in the customer's language. Raises Refused: not_allowed, busy."""
    task = await read(_of_reply, row.pk, text, source)
    return await _translated(task, base(row.language))


def base(code: str) -> str:
    """A language without its region."""
    return code.split("-")[0].lower()


async def _message(row: Conversation, seq: int, target: str) -> Translated:
    task = await read(_of_message, row.pk, seq)
    done = await _translated(task, target)
    if not await write(_keep, row.pk, seq, target, done):
        raise _no_such_message()
    return done


async def _translated(task: _Task, target: str) -> Translated:
    try:
        return await task.translator.translate(task.text, task.language, target)
    except NotTranslated as fault:
        if fault.outcome in ("no_provider", "over_budget"):
            raise Refused(
                "not_allowed", _("No model may translate just now: none is set up, rested or paid for.")
            ) from fault
        raise Refused("busy", _("It could not be translated just now. The original is unchanged.")) from fault


def _known(conversation_id: int, seq: int, target: str) -> Translated | None:
    found = Translation.objects.filter(conversation=conversation_id, seq=seq, language=target).first()
    return Translated(found.text, tuple(found.warnings)) if found else None


def _keep(conversation_id: int, seq: int, target: str, done: Translated) -> bool:
    """Store it; where another process was faster, that one's stays. False: the message was erased meanwhile."""
    values: dict[str, Any] = {"text": done.text, "warnings": list(done.warnings), "made_at": timezone.now()}
    with transaction.atomic():
        Conversation.objects.locked().get(pk=conversation_id)  # who erases holds it: before us, or after
        if not _text(Event.objects.filter(conversation=conversation_id, seq=seq, kind=Kind.MESSAGE).first()):
            return False
        Translation.objects.get_or_create(conversation_id=conversation_id, seq=seq, language=target, defaults=values)
    return True


def _of_message(conversation_id: int, seq: int) -> _Task:
    row = _row(conversation_id)
    there = seq <= row.last_seq  # a number of a client's may be too large for the database
    event = Event.objects.filter(conversation=row, seq=seq, kind=Kind.MESSAGE).first() if there else None
    text = _text(event)
    if event is None or not text:
        raise _no_such_message()
    written = str(event.body.get("language", row.language))
    return _task(row, event.seq, text, written, gaps.lines_until(event))


def _text(event: Event | None) -> str:
    return str(event.body.get("text", "")) if event else ""


def _no_such_message() -> Refused:
    return Refused("not_found", _("There is no such message in this conversation."))


def _of_reply(conversation_id: int, text: str, source: str) -> _Task:
    row = _row(conversation_id)
    last = Event.objects.filter(conversation=row, kind=Kind.MESSAGE).order_by("-seq").first()
    lines = gaps.lines_until(last) if last else []
    return _task(row, row.last_seq, text, source, [*lines, text])


def _row(conversation_id: int) -> Conversation:
    row = Conversation.objects.select_related("site", "visitor__customer").get(pk=conversation_id)
    if not row.site.translates:
        raise Refused("not_allowed", _("This site does not allow messages to be translated."))
    return row


def _task(row: Conversation, seq: int, text: str, language: str, lines: list[str]) -> _Task:
    site = row.site
    own: dict[str, Any] = {"orders": site.order_numbers, "keep": (site.name,), "known": row.known}
    redactor = Redactor(lines, language=row.language, region=row.region, **own)
    view = replace(SiteView.of(site, settings.TANDEM), tiers=tiering.tiers(site, think, timezone.now()))
    ledger = RowLedger(site.pk, row.pk, seq)
    return _Task(text, base(language), Translator(view, ledger, time.monotonic, redactor))
