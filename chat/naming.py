"""A site's model asked to name the intents of texts, to stand beside the strategies: its word, its price, its time."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings

from supportsite.redact import Redactor
from supportsite.redaction.span import Kind as Personal
from supportsite.sites.models import Site

from .assistant import classifying, tiers
from .assistant.ports import SiteView
from .assistant.routing.intent import Question
from .assistant.routing.verdict import Routing, Sample, Verdict
from .assistant.trace import Trace
from .models import Conversation
from .prices import TierName
from .trial import LooseLedger


@dataclass(frozen=True)
class Word:
    """What it said of a text; `cost` in billionths. `failed`: it named none, and the verdict is another's."""

    verdict: Verdict
    cost: int
    ms: float
    failed: bool


def tier_of(site: Site, priced: tiers.Tiers | None) -> TierName | None:
    """Whose model would name them: the one that the site has chosen, else its cheapest. None where it has none."""
    if priced is None:
        return None
    chosen = TierName(site.intents_by) if site.intents_by else None
    return chosen if chosen in priced.by_name else next((name for name in TierName if name in priced.by_name), None)


@dataclass(frozen=True)
class Namer:
    """Asks the model of tier `by` about one text after another. Its calls are in the ledger and on the day's bill."""

    site: Site
    priced: tiers.Tiers
    by: TierName
    routing: Routing
    samples: tuple[Sample, ...]

    @property
    def model(self) -> str:
        """Which one it is."""
        return self.priced.by_name[self.by].model

    def without(self, held_out: Collection[str]) -> "Namer":
        """One that is not told of these examples: it is to be asked about them."""
        kept = tuple(
            replace(one, examples=tuple(text for text in one.examples if text not in held_out)) for one in self.samples
        )
        return replace(self, samples=kept)

    async def ask(self, text: str, language: str, where: Conversation | None, routing: Routing) -> Word:
        """Its word on a text, of a conversation or nobody's. `routing` has the classifier that answers in its place."""
        view = replace(SiteView.of(self.site, settings.TANDEM), tiers=self.priced)
        own: dict[str, Any] = {"orders": self.site.order_numbers, "keep": (self.site.name,)}
        if where is not None:
            own |= {"region": where.region, "known": await sync_to_async(_known)(where)}
        clock: Callable[[], float] = time.monotonic
        trace, redactor = Trace(clock), Redactor([text], language=language, **own)
        question = Question(text, language, replace(routing, by=self.by, samples=self.samples))
        began = time.perf_counter()
        verdict = await classifying.judge(question, view, LooseLedger(self.site), clock, redactor, trace)
        spent = 1000 * (time.perf_counter() - began)
        cost = int(trace.as_json().get("spent", {}).get("cost", 0))
        return Word(verdict, cost, round(spent, 3), "instead_of" in verdict.evidence)


def _known(where: Conversation) -> tuple[tuple[Personal, str], ...]:
    return where.known
