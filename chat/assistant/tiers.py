"""Which tier answers a question: the customer's mood, the intent, what was trained, else a simple rule. Pure."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chat.assistant import kindness
from chat.prices import Price, Stop, TierName
from chat.signals.feeling import Feeling

# The rule where nothing is trained. On public sets "the longer, the stronger" alone beats a classifier on embeddings
# (design, section 10); 25 words is where a question begins to tell a story.
LONG: Final = 25
_WORD: Final = re.compile(r"\w+")
_READ: Final = 8000
_ASKS: Final = re.compile(r"[?？؟]")
_UPSET: Final = ("anger", "fear", "sadness")


@dataclass(frozen=True)
class Tier:
    """A class of model. `context` is in tokens, `timeout` in seconds for the first word and between two.

    With a `url` of its own it gets `key` and no vendor's; None stands for the key that belongs to TANDEM_MODEL_URL.
    """

    name: TierName
    model: str
    price: Price
    context: int
    timeout: float
    url: str = field(default="", repr=False)
    key: str | None = field(default="", repr=False)


@dataclass(frozen=True)
class Tiers:
    """A site's tiers. `gain` is what a trained router says that the strong one gains; from `limit` on it is asked."""

    by_name: Mapping[TierName, Tier]
    stop: Stop = Stop.NONE
    gain: Callable[[str], Awaitable[float]] | None = None
    limit: float = 0.0

    def cost(self, name: TierName, tokens_in: int, tokens_out: int) -> int:
        """What these tokens cost with a tier, in billionths; 0 where there is none."""
        tier = self.by_name.get(name)
        return tier.price.of(tokens_in, tokens_out) if tier else 0


@dataclass(frozen=True)
class Choice:
    """The tiers in the order in which they are asked, why the first one is the first, and what showed it."""

    order: tuple[Tier, ...]
    why: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


async def choose(tiers: Tiers, question: str, felt: Feeling, intent: TierName | None) -> Choice:
    """The tier for a question; `intent` is the one that the question's intent names."""
    if tiers.stop is Stop.HARD:
        return Choice((), "the day's budget is spent: the built-in model only")
    if tiers.stop is Stop.SOFT:
        light = tiers.by_name.get(TierName.LIGHT)
        return Choice((light,) if light else (), "the day's budget is nearly spent: no strong model")
    if len(tiers.by_name) == 1:
        return Choice(tuple(tiers.by_name.values()), "the only tier")
    name, why, evidence = await _wanted(tiers, question, felt, intent)
    order = (tiers.by_name[name], tiers.by_name[name.other])
    return Choice(order, why, evidence)


async def _wanted(
    tiers: Tiers, question: str, felt: Feeling, intent: TierName | None
) -> tuple[TierName, str, Mapping[str, Any]]:
    if _is_upset(felt):
        return TierName.STRONG, "mood", {"emotion": felt.emotion, "sure": round(felt.sure, 2)}
    if intent:
        return intent, "intent", {}
    if tiers.gain is None:
        return _by_length(question)
    gain = await tiers.gain(question)
    name = TierName.STRONG if gain >= tiers.limit else TierName.LIGHT
    return name, "trained", {"gain": round(gain, 3), "limit": round(tiers.limit, 3)}


def _is_upset(felt: Feeling) -> bool:
    """As sure as one has to be to console; who is upset should not also get the weaker answer."""
    negative = max(felt.negative, -felt.vader) >= kindness.NEGATIVE
    return felt.emotion in _UPSET and felt.sure >= kindness.SURE and negative


def _by_length(question: str) -> tuple[TierName, str, Mapping[str, Any]]:
    read = question[:_READ]
    words, asks = len(_WORD.findall(read)), len(_ASKS.findall(read))
    hard = words >= LONG or asks > 1
    return TierName.STRONG if hard else TierName.LIGHT, "length", {"words": words, "questions": asks}
