"""A site's tiers, from its rows to what the assistant is handed."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db.models import QuerySet

from supportsite.prepared import Prepared
from supportsite.sites.models import Site

from . import budget
from .assistant import tiers as assistant
from .intent_rows import Trains
from .prices import Price, TierName
from .tier_rows import Tier
from .training import live, tier_reader

# Runs a call that blocks, for code that must not.
Crossing = Callable[[Callable[[], float]], Awaitable[float]]
_BOTH: Final = 2


def tiers(site: Site, cross: Crossing, now: datetime) -> assistant.Tiers | None:
    """The site's tiers; None where it has none: then TANDEM_MODEL or the built-in model answers, as ever."""
    by_name = {TierName(row.name): view(row) for row in _rows(site=site.pk)}
    if not by_name:
        return None
    stop = budget.standing(site, now).stop
    model = live(site, Trains.TIER) if len(by_name) == _BOTH else None
    if model is None:
        return assistant.Tiers(by_name, stop)
    limit = tier_reader(model).limit_for(site.strong_quality).limit
    return assistant.Tiers(by_name, stop, _gain_across(model, cross), limit)


def _compose_rows(site: int) -> QuerySet[Tier]:
    return Tier.objects.filter(site=site)


_rows: Final = Prepared(_compose_rows)


def view(row: Tier) -> assistant.Tier:
    """A row as the assistant sees it, with the key from the environment that belongs to its address."""
    price = Price(row.price_in, row.price_out)
    name = TierName(row.name)
    return assistant.Tier(name, row.model, price, row.context, row.timeout, row.url, _key(name, row.model, row.url))


def addresses() -> tuple[str, ...]:
    """Those that a tier may name: customers' words go there, so the one who runs the machine says which."""
    return tuple(filter(None, (*settings.TANDEM.tier_urls, settings.TANDEM.model_url)))


def _key(name: TierName, model: str, url: str) -> str | None:
    """The vendor's own (None) for the vendor, and for TANDEM_MODEL_URL where TANDEM_MODEL is a model of that vendor.

    Any other vendor's key is no business of whoever serves that address.
    """
    if not url:
        return None
    if url == settings.TANDEM.model_url and _vendor(model) == _vendor(_first_model()):
        return None
    if url not in settings.TANDEM.tier_urls:
        return ""
    keys = {TierName.LIGHT: settings.TANDEM.light_key, TierName.STRONG: settings.TANDEM.strong_key}
    return str(keys[name].get_secret_value())


def _first_model() -> str:
    """The model that TANDEM_MODEL_URL serves."""
    return next(filter(None, (settings.TANDEM.model, *settings.TANDEM.model_fallbacks)), "")


def _vendor(model: str) -> str:
    return model.partition(":")[0]


def _gain_across(model: int, cross: Crossing) -> Callable[[str], Awaitable[float]]:
    async def gain(question: str) -> float:
        return await cross(lambda: float(tier_reader(model).gain([question])[0]))

    return gain
