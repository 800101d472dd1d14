"""A question outside any conversation: the same turn as a customer's, from the shell and from the admin."""

import time
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone

from knowledge import answerable, search
from supportsite.sites.models import Site

from . import ledger
from .assistant import language
from .assistant.ports import Ports, SiteView
from .assistant.respond import respond
from .assistant.steps import Step
from .assistant.transcript import Line, Transcript


def transcript(question: str, site: Site, *, spoken: str = "", region: str = "") -> Transcript:
    """A conversation of one question; without a language, in the one that it is written in."""
    return Transcript("", spoken or detected(question, site), region, (Line(1, "visitor", question),), 1, 1)


def detected(question: str, site: Site) -> str:
    """The language of a question, else the site's."""
    return language.detect(question, site.locale)


async def steps(transcript: Transcript, site: Site, *, logged_in: bool = False) -> list[Step]:
    """Every step of the turn; the last one is its end."""

    async def find(question: str, spoken: str, region: str, before: str, /) -> search.Found:
        asked: dict[str, Any] = {"question": question, "language": spoken, "region": region, "before": before}
        return await sync_to_async(search.find)(site=site, **asked, logged_in=logged_in)

    threshold = await sync_to_async(answerable.threshold)(site)
    view = SiteView.of(site, settings.TANDEM, threshold=threshold)
    ports = Ports(search=find, ledger=_Ledger(), clock=time.monotonic)
    return [step async for step in respond(transcript, view, ports)]


class _Ledger:
    """These calls are in the ledger too, without a conversation."""

    async def open(self, *, provider: str, model: str, redactions: dict[str, int], digest: str) -> int:
        call: dict[str, Any] = {"provider": provider, "model": model, "redactions": redactions, "digest": digest}
        return await sync_to_async(ledger.open_row)(conversation_id=None, seq=0, **call, now=timezone.now())

    async def close(self, row: int, *, tokens_in: int, tokens_out: int, outcome: str) -> None:
        ended: dict[str, Any] = {"tokens_in": tokens_in, "tokens_out": tokens_out, "outcome": outcome}
        await sync_to_async(ledger.close_row)(row=row, **ended, now=timezone.now())
