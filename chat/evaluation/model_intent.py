"""What TANDEM_MODEL says of the intent of labelled questions: the way of a customer's question, without a site."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from chat.assistant import breaker, classifying, language
from chat.assistant.ports import Saw, SiteView
from chat.assistant.routing.intent import Question
from chat.assistant.routing.verdict import Kind, Routing, Sample, Strategy, Verdict
from chat.assistant.tiers import Tier, Tiers
from chat.assistant.trace import Trace
from chat.prices import Price, TierName
from knowledge.labelled import Unusable
from supportsite.redact import Redactor

_AT_ONCE: Final = 4  # questions at a vendor; a server of one's own is asked one by one, as it may answer them so
_CONTEXT: Final = 128_000  # nobody says how much TANDEM_MODEL reads: what it cannot take, it refuses
_SHOWN: Final = 3  # examples of an intent


@dataclass(frozen=True)
class Answer:
    """The intent that was named (None: out of scope, or none at all), and why there is none."""

    intent: str | None
    outside: float
    ms: float
    failure: str


@dataclass(frozen=True)
class Asked:
    """All answers in the order of the questions, and what was used."""

    answers: Sequence[Answer]
    settings: Mapping[str, Any]


@dataclass
class _Ledger:
    """Counts what was used. No row is kept, as an evaluation keeps nothing; the questions are the owner's own."""

    tokens_in: int = 0
    tokens_out: int = 0
    calls: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

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
    ) -> int:
        self.calls += 1
        return self.calls

    async def close(
        self, row: int, *, tokens_in: int, tokens_out: int, outcome: str, cost: int = 0, other_cost: int = 0
    ) -> None:
        self.tokens_in += tokens_in
        self.tokens_out += tokens_out
        self.outcomes[outcome] += 1


def ask(texts: Sequence[str], examples: Sequence[Mapping[str, Any]], bar: Callable[[int, int], None]) -> Asked:
    """Every question by itself. Raises Unusable where there is no model."""
    environment = settings.TANDEM
    if not environment.model:
        raise Unusable("--strategy llm asks a model, and none is set: TANDEM_MODEL=vendor:model (docs/settings.md)")
    ledger = _Ledger()
    answers = asyncio.run(_all(texts, _routing(examples), _view(), ledger, bar))
    used = {"calls": ledger.calls, "tokens": [ledger.tokens_in, ledger.tokens_out], "outcomes": dict(ledger.outcomes)}
    return Asked(answers, {"model": environment.model, "sure_from": classifying.SURE, **used})


async def _all(
    texts: Sequence[str], routing: Routing, site: SiteView, ledger: _Ledger, bar: Callable[[int, int], None]
) -> list[Answer]:
    done = Counter[str]()
    free = asyncio.Semaphore(1 if settings.TANDEM.model_url else _AT_ONCE)

    async def one(text: str) -> Answer:
        async with free:
            breaker.forget()  # it is measured, not spared
            began = time.perf_counter()
            answer = _answer(await _verdict(text, routing, site, ledger), time.perf_counter() - began)
        done["questions"] += 1
        bar(done["questions"], len(texts))
        return answer

    return list(await asyncio.gather(*map(one, texts)))


async def _verdict(text: str, routing: Routing, site: SiteView, ledger: _Ledger) -> Verdict:
    question = Question(text, language.quick(text, "en"), routing)
    redactor = await asyncio.to_thread(Redactor, [text])
    clock = time.monotonic
    return await classifying.judge(question, site, ledger, clock, redactor, Trace(clock))


def _answer(verdict: Verdict, seconds: float) -> Answer:
    failure = str(verdict.evidence.get("instead_of", {}).get("outcome", ""))
    outside = 0.5 if failure else float(verdict.evidence.get("outside", 0.5))
    return Answer(verdict.intent or None, outside, 1000 * seconds, failure)


def _routing(examples: Sequence[Mapping[str, Any]]) -> Routing:
    """The intents of the rows, each with its first examples."""
    by_name: dict[str, list[str]] = {}
    for row in examples:
        if row["intent"] is not None:
            by_name.setdefault(str(row["intent"]), []).append(str(row["text"]))
    if not by_name:
        raise Unusable("--train: expected rows with an intent")
    samples = tuple(Sample(name, "", tuple(texts[:_SHOWN])) for name, texts in sorted(by_name.items()))
    kinds = dict.fromkeys(by_name, Kind.ARTICLES)
    return Routing(Strategy.DYNAMIC, kinds, by=TierName.LIGHT, samples=samples)


def _view() -> SiteView:
    """A site whose light model is TANDEM_MODEL, with its address and its vendor's key."""
    environment = settings.TANDEM
    price = Price(Decimal(0), Decimal(0))
    timeout = environment.model_timeout
    tier = Tier(TierName.LIGHT, environment.model, price, _CONTEXT, timeout, environment.model_url, None)
    tiers = Tiers({TierName.LIGHT: tier})
    return SiteView(0, "", "the shop", "en", (), timeout=timeout, tiers=tiers)
