"""What a turn hands the assistant of the world outside: rows, threads, models, and other people's servers."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final

from django.utils import timezone

from knowledge import approved, likeness, search
from knowledge.embed import ModelUnavailable
from knowledge.models import Audience
from supportsite.redact import Redactor
from supportsite.sites.models import Site

from . import budget, deeds, doings, intents, ledger, outside, training
from .action_rows import Deed
from .assistant.doing.action import Acted, Action, Judged
from .assistant.doing.procedure import Procedures
from .assistant.ports import Ports, Saw
from .assistant.routing.verdict import Routing
from .crossing import ask_outside, read, think, write, write_from
from .embedding_calls import booked
from .leases import Lease
from .signals import feeling
from .signals.dialogue import Said
from .signals.feeling import Feeling

logger = logging.getLogger(__name__)
_LOOK_AGAIN_S: Final = 0.1
_deeds: set[asyncio.Task[Acted]] = set()


def ports(site: Site, lease: Lease, redactor: Callable[[], Redactor], reader: Audience = Audience.EVERYONE) -> Ports:
    """The world of one turn of a site, with the articles of such a `reader`; `redactor` knows the conversation."""
    found = (
        _Search(site, lease, redactor, reader),
        RowLedger(site.pk, lease.conversation_id, lease.upto_seq, lease.turn_id),
        time.monotonic,
        _Approved(site, reader),
        _Feel(site),
    )
    today = partial(budget.today, site)
    return Ports(*found, _Routing(site), _Procedures(site), _Act(lease), today=today, alike=alike)


async def alike(text: str, others: Sequence[str], /) -> Sequence[float] | None:
    """The port `alike`, on a thread of its own."""
    return await think(likeness.likeness, text, others)


class _Feel:
    """The port `feel`, on a thread of its own: it waits for the question's vectors as the search does."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self, question: str, lines: Sequence[Said], language: str, /) -> Feeling:
        try:
            return await think(self._read, question, lines, language)
        except ModelUnavailable:
            logger.warning("no model reads what customers feel", exc_info=True)
            return Feeling()

    def _read(self, question: str, lines: Sequence[Said], language: str) -> Feeling:
        return feeling.feel(question, lines, language, training.own(self._site))


class _Search:
    """The port `search`: the site's published articles that the reader may see, on a thread of its own."""

    def __init__(self, site: Site, lease: Lease, redactor: Callable[[], Redactor], reader: Audience) -> None:
        self._site = site
        self._leaving = booked(site.pk, lease.conversation_id, lease.upto_seq, write=write_from)
        self._redactor = cache(redactor)  # made where a model of the owner's choice reads the question
        self._reader = reader

    async def __call__(self, question: str, language: str, region: str, before: str, /) -> search.Found:
        asked: dict[str, Any] = {"question": question, "language": language, "region": region, "before": before}
        asked |= {"reader": self._reader, "redact": self._redact, "leaving": self._leaving}
        return await think(search.find, site=self._site, **asked)

    def _redact(self, text: str) -> str:
        return self._redactor().redact(text)


class _Approved:
    """The port `approved`: the site's fixed wording, of which there is little: not behind a search that is waiting."""

    def __init__(self, site: Site, reader: Audience) -> None:
        self._site = site
        self._reader = reader

    async def __call__(self, question: str, language: str, region: str, /) -> approved.Approved | None:
        asked: dict[str, Any] = {"question": question, "language": language, "region": region}
        return await read(approved.find, site=self._site, **asked, reader=self._reader)


class _Routing:
    """The port `routing`: how the site routes."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self) -> Routing | None:
        return await read(intents.routing, self._site, think)


class _Act:
    """The port `act`: look-ups are asked, and what changes something is done once, whatever becomes of the turn."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease

    async def __call__(
        self, action: Action, inputs: Mapping[str, str], wanted: frozenset[str], asked: int | None, judged: Judged, /
    ) -> Acted:
        if not action.changes:
            return await self._ask(action, inputs)
        if asked is None:
            raise ValueError("nothing is changed before the customer says yes")
        begun: dict[str, Any] = {"lease": self._lease, "action": action, "inputs": inputs, "asked": asked}
        try:
            deed, is_mine = await write(deeds.begin, **begun, now=timezone.now())
        except deeds.StillOpen:
            return Acted(fault="still_open", again=True)
        if is_mine:
            # Whoever stops the turn does not stop what has begun: its outcome has to be known.
            doing = asyncio.create_task(self._carry_out(deed, action, inputs, wanted, judged))
            _deeds.add(doing)
            doing.add_done_callback(_deeds.discard)
            return await asyncio.shield(doing)
        while True:  # another process may have begun it: only its row tells
            if ended := await write(deeds.outcome, deed_id=deed.pk, now=timezone.now()):
                return ended
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _carry_out(
        self, deed: Deed, action: Action, inputs: Mapping[str, str], wanted: frozenset[str], judged: Judged
    ) -> Acted:
        ended: dict[str, Any] = {"deed": deed, "wanted": wanted, "floor": self._lease.floor}
        try:
            acted = judged(await self._ask(action, inputs, key=deed.key))
            await write(deeds.end, **ended, acted=acted, now=timezone.now())
        except Exception as error:  # noqa: BLE001 - whatever it was, the request may have left: nobody knows
            logger.error("what came of a deed could not be kept: %s", type(error).__name__)
            acted = Acted(fault="unclear")
            await write(deeds.end, **ended, acted=acted, now=timezone.now())
        return acted

    async def _ask(self, action: Action, inputs: Mapping[str, str], key: str = "") -> Acted:
        """With a row in the ledger: it goes to somebody else's server, or one of the owner's."""
        where: dict[str, Any] = {"conversation_id": self._lease.conversation_id, "seq": self._lease.upto_seq}
        told: dict[str, Any] = {"host": action.host, "method": action.method, "url": action.target, "inputs": inputs}
        row = await write(ledger.open_action, **where, **told, now=timezone.now())
        outcome = "stopped"
        try:
            acted = await ask_outside(outside.ask, action, inputs, key=key)
            outcome = acted.fault or "answered"
        finally:
            await write(ledger.close_row, row=row, tokens_in=0, tokens_out=0, outcome=outcome, now=timezone.now())
        return acted


class _Procedures:
    """The port `procedures`: the site's own."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def __call__(self) -> Procedures:
        return await read(doings.procedures, self._site)


class RowLedger:
    """The port `ledger`: rows of the outbound ledger, each about what was said at `seq`, on the bill of a turn."""

    def __init__(self, site_id: int, conversation_id: int, seq: int, turn_id: int | None = None) -> None:
        self._where: dict[str, Any] = {"site_id": site_id, "conversation_id": conversation_id, "seq": seq}
        self._turn_id = turn_id

    async def open(
        self,
        *,
        provider: str,
        model: str,
        redactions: dict[str, int],
        digest: str,
        saw: Saw,
        tier: str = "",
        reserve: int = 0,
    ) -> int | None:
        call: dict[str, Any] = {
            "provider": provider,
            "model": model,
            "redactions": redactions,
            "digest": digest,
            "saw": saw,
            "tier": tier,
            "reserve": reserve,
        }
        return await write(ledger.open_row, **self._where, **call, turn_id=self._turn_id, now=timezone.now())

    async def close(
        self, row: int, *, tokens_in: int, tokens_out: int, outcome: str, cost: int = 0, other_cost: int = 0
    ) -> None:
        tokens: dict[str, Any] = {"tokens_in": tokens_in, "tokens_out": tokens_out}
        ended: dict[str, Any] = {**tokens, "outcome": outcome, "cost": cost, "other_cost": other_cost}
        await write(ledger.close_row, row=row, **ended, turn_id=self._turn_id, now=timezone.now())
