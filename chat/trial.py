"""A question outside any conversation: the same turn as a customer's, from the shell and from the admin."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.utils import timezone

from knowledge import approved, search
from knowledge.embed import ModelUnavailable
from knowledge.models import Audience
from knowledge.sectioning import digest_of
from knowledge.split import embedded_text
from knowledge.staged import Staged
from supportsite.sites.models import Site

from . import budget, doings, dry, intents, ledger, mood, tiering, training
from .assistant import classifying, kindness, language, redacting
from .assistant.doing.action import Act
from .assistant.doing.procedure import Procedures
from .assistant.ports import Ports, Saw, SiteView
from .assistant.respond import respond
from .assistant.routing.intent import Question
from .assistant.routing.verdict import Routing, Verdict
from .assistant.steps import Answer, Handoff, Source, Step
from .assistant.tiers import Tier, Tiers
from .assistant.trace import Trace
from .assistant.transcript import Line, Transcript
from .compare import Citation, Outcome
from .emotion_rows import EmotionName
from .signals import feeling
from .signals.dialogue import Said
from .turn_ports import alike


def transcript(question: str, site: Site, *, spoken: str = "", region: str = "", before: str = "") -> Transcript:
    """A conversation of one question, and the one before it; `spoken`, else in the language of `detected`."""
    lines = (Line(1, "visitor", before), Line(2, "visitor", question)) if before else (Line(2, "visitor", question),)
    told = detected(question, site)
    return Transcript("", spoken or told, region, lines, 2, 2, (mood.score(question, told),))


@dataclass(frozen=True)
class Felt:
    """What a customer's first message would be read as, how likely in percent, and the line that begins the answer."""

    emotion: str
    percent: int
    line: str


def felt(site: Site, text: str) -> Felt | None:
    """By the site's own reader of emotions, where it has trained one; None where no model reads any."""
    spoken = detected(text, site)
    try:
        read = feeling.feel(text, [Said(True, text)], spoken, training.own(site))
    except ModelUnavailable:
        return None
    line = kindness.line(read, spoken, ()) if site.kindness else ""
    return Felt(str(EmotionName(read.emotion).label), round(100 * read.sure), line)


def detected(question: str, site: Site) -> str:
    """The language that a customer who asks this first is answered in, whose browser speaks the site's."""
    return language.of_first(question, site.locale)


async def steps(
    transcript: Transcript,
    site: Site,
    *,
    reader: Audience = Audience.EVERYONE,
    instead: Staged | None = None,
    built_in: bool = False,
    tier: Tier | None = None,
    calls: "LooseLedger | None" = None,
    heard: Callable[[search.Found], None] | None = None,
    search_by: Callable[..., search.Found] | None = None,
    act: Act = dry.act,
    procedures: Procedures | None = None,
) -> list[Step]:
    """Every step of the turn that such a `reader` would get; the last one is its end.

    `instead` is found in its article's place, `built_in` leaves the owner's model out, with `tier` no other
    model is asked, `calls` is the ledger, `heard` is told what was found.
    `search_by` is another search than knowledge's, such as one that remembers. `act` changes nothing
    outside (chat/dry.py), `procedures` are other ones than the site's.
    """

    async def find(question: str, spoken: str, region: str, before: str, /) -> search.Found:
        asked: dict[str, Any] = {"question": question, "language": spoken, "region": region, "before": before}
        found = await sync_to_async(search_by or search.find)(site=site, **asked, reader=reader, instead=instead)
        if heard:
            heard(found)
        return found

    async def wording(question: str, spoken: str, region: str, /) -> approved.Approved | None:
        asked: dict[str, Any] = {"question": question, "language": spoken, "region": region}
        return await sync_to_async(approved.find)(site=site, **asked, reader=reader)

    async def routing() -> Routing | None:
        return await sync_to_async(intents.routing)(site, lambda work: sync_to_async(work)())

    async def known() -> Procedures:
        return procedures or await sync_to_async(doings.procedures)(site)

    priced = await sync_to_async(tiering.tiers)(site, lambda work: sync_to_async(work)(), timezone.now())
    view = replace(SiteView.of(site, settings.TANDEM), tiers=priced)
    if built_in or tier:
        alone = Tiers({tier.name: tier}, priced.stop) if tier and priced else None
        view = replace(view, model="", fallbacks=(), tiers=alone)
    clock = time.monotonic
    world: dict[str, Any] = {"routing": routing, "procedures": known, "act": act, "today": partial(budget.today, site)}
    ports = Ports(find, calls or LooseLedger(site), clock, wording, **world, alike=alike)
    return [step async for step in respond(transcript, view, ports)]


def outcome(transcript: Transcript, site: Site, **how: Any) -> Outcome:
    """How a question ends, with the sections that its answer cites. `how` as for `steps`. Raises BadModel."""
    passages: list[search.Passage] = []

    def heard(found: search.Found) -> None:
        passages.extend(found.passages)

    last = async_to_sync(steps)(transcript, site, heard=heard, **how)[-1]
    if not isinstance(last, Answer):
        return Outcome("handoff" if isinstance(last, Handoff) else "silence")
    cited = [source for source in last.sources if source.url]  # an approved answer is no section
    return Outcome(last.answered, last.text, tuple(_citation(source, passages) for source in cited))


def named(question: str, site: Site) -> Verdict | None:
    """What the site's model says of a question's intent, which costs a call; None where no model is to say it."""
    return async_to_sync(_named)(question, site)


async def _named(question: str, site: Site) -> Verdict | None:
    found = await sync_to_async(intents.routing)(site, lambda work: sync_to_async(work)())
    if found is None or found.by is None:
        return None
    asked, clock = transcript(question, site), time.monotonic
    priced = await sync_to_async(tiering.tiers)(site, lambda work: sync_to_async(work)(), timezone.now())
    view, trace = replace(SiteView.of(site, settings.TANDEM), tiers=priced), Trace(clock)
    redactor = await redacting.read(asked, view, trace)
    put = Question(question, asked.language, found)
    return await classifying.judge(put, view, LooseLedger(site), clock, redactor, trace)


def _citation(source: Source, passages: Sequence[search.Passage]) -> Citation:
    there = [passage for passage in passages if passage.url == source.url]
    passage = next((passage for passage in there if source.quote in passage.text), there[0])
    named = {"title": passage.title, "section": passage.heading, "url": passage.url}
    digest = digest_of(embedded_text(passage.title, passage.heading, passage.text))
    return Citation(passage.article_id, passage.version, passage.anchor, digest, **named)


class LooseLedger:
    """These calls are in the ledger and on the day's bill too, without a conversation."""

    def __init__(self, site: Site) -> None:
        self._site_id = site.pk

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
        where: dict[str, Any] = {"site_id": self._site_id, "conversation_id": None, "seq": 0}
        return await sync_to_async(ledger.open_row)(**where, **call, now=timezone.now())

    async def close(
        self, row: int, *, tokens_in: int, tokens_out: int, outcome: str, cost: int = 0, other_cost: int = 0
    ) -> None:
        ended: dict[str, Any] = {"tokens_in": tokens_in, "tokens_out": tokens_out, "outcome": outcome, "cost": cost}
        await sync_to_async(ledger.close_row)(row=row, **ended, now=timezone.now())
