"""What routing strategies said of the same texts, counted side by side. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import combinations
from typing import Any, Self

import numpy as np

from .assistant.routing.task_based import Chain
from .assistant.routing.verdict import Kind
from .band import Rate

MODEL = "model"  # the column of a model that names the intents; no strategy has this name
OUTSIDE = ""  # the truth of an example that belongs to no intent


@dataclass(frozen=True)
class Told:
    """What one strategy would do with one text. `cost` is in billionths of the prices' unit."""

    intent: str
    kind: str
    sure: bool
    chain: str
    tier: str
    cost: int
    ms: float

    @property
    def is_outside(self) -> bool:
        """Whether it says that the text is none of the site's business."""
        return self.kind == Kind.OUTSIDE

    @property
    def verdict(self) -> tuple[str, bool]:
        """What two strategies agree or differ in."""
        return ("" if self.is_outside else self.intent), self.is_outside

    @property
    def acts(self) -> bool:
        """Whether it changes what is done with the text."""
        return self.chain != Chain.ARTICLES

    def is_right(self, truth: str) -> bool:
        """Whether that is what the example belongs to."""
        return self.is_outside if truth == OUTSIDE else not self.is_outside and self.intent == truth


@dataclass(frozen=True)
class Asked:
    """A text with the word of every strategy on it; `truth` is None where nobody knows it."""

    told: Mapping[str, Told]
    truth: str | None = None

    @property
    def weight(self) -> int:
        """How much there is to look at: how many strategies are wrong, or how many different verdicts beside one."""
        if self.truth is not None:
            return sum(not one.is_right(self.truth) for one in self.told.values())
        return len({one.verdict for one in self.told.values()}) - 1


@dataclass(frozen=True)
class Column:
    """One strategy's figures. Where there is no truth the first five are of nothing."""

    strategy: str
    right: Rate  # of the examples that belong to an intent
    outside_found: Rate  # of those that belong to none
    sent_away: Rate  # of those that belong to an intent, and it says outside
    acted: Rate
    acted_wrong: Rate
    unnamed: Rate  # neither an intent nor outside
    chains: Mapping[str, int]
    tiers: Mapping[str, int]
    per_thousand: int | None  # billionths; None where nothing has a price
    ms_p50: float
    ms_p99: float


@dataclass(frozen=True)
class Pair:
    """How often two strategies say something else of the same text."""

    one: str
    other: str
    differ: Rate


@dataclass(frozen=True)
class Setting:
    """What the figures rest on. `left_out` texts are answered before any strategy is asked."""

    read_ms: float  # to read a question once, which the search needs with any strategy
    tokens: tuple[int, int]
    tokens_assumed: bool
    priced: bool
    left_out: int = 0
    drawn_from: int = 0
    trained: str = ""  # when what was in use was trained; empty where nothing was
    model: str = ""  # which one was asked to name the intents; empty where none was
    not_named: int = 0  # of its calls those that brought none: what was trained answered then


@dataclass(frozen=True)
class Figures:
    """Everything that a comparison found."""

    columns: tuple[Column, ...]
    pairs: tuple[Pair, ...]
    setting: Setting
    texts: int = 0
    notable: int = 0

    def as_json(self) -> dict[str, Any]:
        """What `read` takes."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` gave."""
        rates = ("right", "outside_found", "sent_away", "acted", "acted_wrong", "unnamed")
        columns = (Column(**one | {name: Rate(**one[name]) for name in rates}) for one in stored["columns"])
        pairs = (Pair(one["one"], one["other"], Rate(**one["differ"])) for one in stored["pairs"])
        setting = stored["setting"]
        rests = Setting(**setting | {"tokens": tuple(setting["tokens"])})
        return cls(tuple(columns), tuple(pairs), rests, stored["texts"], stored["notable"])


@dataclass
class Counting:
    """Counts texts as they come, in the order of `strategies`."""

    strategies: Sequence[str]
    asked: list[Asked] = field(default_factory=list)

    def figures(self, setting: Setting) -> Figures:
        """The figures of what was counted."""
        columns = tuple(_column(name, self.asked, setting) for name in self.strategies)
        pairs = tuple(_pair(one, other, self.asked) for one, other in combinations(self.strategies, 2))
        return Figures(columns, pairs, setting, len(self.asked), sum(one.weight > 0 for one in self.asked))


def _column(name: str, asked: Sequence[Asked], setting: Setting) -> Column:
    told = [one.told[name] for one in asked]
    known = [(one.told[name], one.truth) for one in asked if one.truth is not None]
    inside = [(said, truth) for said, truth in known if truth != OUTSIDE]
    outside = [said for said, truth in known if truth == OUTSIDE]
    acted = [(said, truth) for said, truth in known if said.acts]
    spent = [one.ms for one in told] or [0.0]
    return Column(
        strategy=name,
        right=Rate(sum(said.is_right(truth) for said, truth in inside), len(inside)),
        outside_found=Rate(sum(said.is_outside for said in outside), len(outside)),
        sent_away=Rate(sum(said.is_outside for said, _truth in inside), len(inside)),
        acted=Rate(sum(one.acts for one in told), len(told)),
        acted_wrong=Rate(sum(not said.is_right(truth) for said, truth in acted), len(acted)),
        unnamed=Rate(sum(not one.intent and not one.is_outside for one in told), len(told)),
        chains=dict(Counter(one.chain for one in told)),
        tiers=dict(Counter(one.tier for one in told if one.tier)),
        per_thousand=round(1000 * sum(one.cost for one in told) / len(told)) if told and setting.priced else None,
        ms_p50=float(np.percentile(spent, 50)),
        ms_p99=float(np.percentile(spent, 99)),
    )


def _pair(one: str, other: str, asked: Sequence[Asked]) -> Pair:
    differ = sum(text.told[one].verdict != text.told[other].verdict for text in asked)
    return Pair(one, other, Rate(differ, len(asked)))
