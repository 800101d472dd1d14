"""How a site routes questions, from its rows to what the assistant is handed."""

from collections.abc import Awaitable, Callable
from typing import Final

from django.db.models import QuerySet

from supportsite.prepared import Prepared
from supportsite.sites.models import Site

from .assistant import language
from .assistant.routing.static import Rule
from .assistant.routing.verdict import Kind, Routing, Sample, Strategy
from .intent_rows import Intent, KeywordRule, Trains
from .learned import reading
from .learned.intents import Judged
from .prices import TierName
from .training import live, reader

# Runs a call that blocks, for code that must not.
Crossing = Callable[[Callable[[], Judged]], Awaitable[Judged]]


def routing(site: Site, cross: Crossing, tried: Strategy | None = None) -> Routing | None:
    """The site's routing, `tried` in its strategy's place; None where it has no intents: nothing changes for it."""
    rows = _intents(site=site.pk)
    if not rows:
        return None
    kinds = {name: Kind(kind) for name, kind, _tier in rows}
    tiers = {name: TierName(tier) for name, _kind, tier in rows if tier}
    strategy = tried or Strategy(site.routing)
    found = () if strategy is Strategy.DYNAMIC else tuple(rules(site))
    model = None if strategy is Strategy.STATIC else live(site, Trains.INTENT)
    by = TierName(site.intents_by) if site.intents_by and strategy is not Strategy.STATIC else None
    told = samples(site) if by else ()
    judge = None if model is None else _judge_across(model, cross)
    return Routing(strategy, kinds, found, judge, tiers, by, told)


def samples(site: Site) -> tuple[Sample, ...]:
    """The site's intents as a model is told of them."""
    rows = Intent.objects.filter(site=site).values_list("name", "about", "examples")
    return tuple(Sample(name, about, tuple(map(str, examples))) for name, about, examples in rows)


def _judge_across(model: int, cross: Crossing) -> Callable[[str, str], Awaitable[Judged]]:
    def judge(text: str, spoken: str) -> Awaitable[Judged]:
        return cross(lambda: _judge(model, text, spoken))

    return judge


def rules(site: Site) -> list[Rule]:
    """The site's keyword rules in their order."""
    rows = _rules(site=site.pk)
    return [Rule(row.intent.name, row.any_of, row.all_of, row.none_of, number=row.place) for row in rows]


def _compose_intents(site: int) -> QuerySet[Intent, tuple[str, str, str]]:
    return Intent.objects.filter(site=site).values_list("name", "kind", "tier")


def _compose_rules(site: int) -> QuerySet[KeywordRule]:
    return KeywordRule.objects.filter(site=site).select_related("intent")


_intents: Final = Prepared(_compose_intents)
_rules: Final = Prepared(_compose_rules)


def judged(site: Site, question: str) -> Judged | None:
    """What the classifier in use says of a question; None where none is in use."""
    model = live(site, Trains.INTENT)
    return None if model is None else _judge(model, question, language.of_first(question, site.locale))


def _judge(model: int, text: str, spoken: str) -> Judged:
    return reader(model).judge(reading.one(text, reading.models()), spoken)
