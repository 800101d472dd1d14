"""How each model of a site did lately: from the outbound ledger, and what this process makes of it (the breaker)."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.db.models import Max

from supportsite.sites.models import Site

from . import tiering
from .assistant import breaker, providers
from .assistant.ports import SiteView
from .crossing import think
from .ledger import NO_MODELS, SPOKE
from .models import Outbound
from .prices import Stop

READ: Final = 5000  # of the newest calls
_GOOD: Final = frozenset({"answered", "abstained", "ungrounded"})


class Breaker(StrEnum):
    """What this process's circuit breaker does with a model."""

    CLOSED = "closed"
    OPEN = "open"
    GONE = "gone"  # nothing asks it any more: another setting, another tier


@dataclass(frozen=True)
class ModelHealth:
    """One model, as a tier or without one. Times are of calls that brought words, in milliseconds."""

    provider: str
    model: str
    tier: str
    calls: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    p50: float | None = None
    p95: float | None = None
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    last_failure: str = ""
    breaker: Breaker = Breaker.GONE

    @property
    def called(self) -> str:
        """As a setting writes it."""
        return f"{self.provider}:{self.model}"

    @property
    def share(self) -> float:
        """The share of calls that failed."""
        return self.failures.total() / self.calls if self.calls else 0.0


@dataclass
class _Seen:
    """The calls to one model, the newest first."""

    calls: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    lasted: list[float] = field(default_factory=list)
    last_failure: str = ""
    failed_at: datetime | None = None


def of_site(site: Site, *, now: datetime, since: timedelta = timedelta(hours=24)) -> list[ModelHealth]:
    """Each model that the site asks or has asked; its figures are of the calls that ended in the time before `now`."""
    ours = Outbound.objects.filter(site=site).exclude(provider__in=NO_MODELS).exclude(closed_at=None)
    seen: dict[tuple[str, str, str], _Seen] = {}
    lately = ours.filter(closed_at__gt=now - since).order_by("-closed_at")
    named = ("provider", "model", "tier", "outcome", "opened_at", "closed_at")
    for provider, model, tier, outcome, opened, closed in lately.values_list(*named)[:READ]:
        if closed is not None:
            _count(seen.setdefault((provider, model, tier), _Seen()), outcome, opened, closed)
    last = ours.filter(outcome__in=_GOOD).order_by().values("provider", "model", "tier").annotate(at=Max("closed_at"))
    succeeded = {(row["provider"], row["model"], row["tier"]): row["at"] for row in last}
    asked = _asked(site, now)
    return [
        replace(_health(key, seen.get(key, _Seen()), succeeded.get(key)), breaker=asked.get(key, Breaker.GONE))
        for key in sorted({*seen, *succeeded, *asked})
    ]


def _asked(site: Site, now: datetime) -> dict[tuple[str, str, str], Breaker]:
    """The models that the site asks as it is set up now, with what the breaker makes of each."""
    tiers = tiering.tiers(site, think, now)
    view = replace(SiteView.of(site, settings.TANDEM), tiers=replace(tiers, stop=Stop.NONE) if tiers else None)
    chain = providers.chain(view, tuple(tiers.by_name.values()) if tiers else ())
    return {
        (one.name, one.model, one.tier.name.value if one.tier else ""): (
            Breaker.OPEN if breaker.rests(one.breaker, time.monotonic()) else Breaker.CLOSED
        )
        for one in chain
        if not one.is_built_in
    }


def _count(one: _Seen, outcome: str, opened: datetime, closed: datetime) -> None:
    one.calls += 1
    if outcome in SPOKE:
        one.lasted.append((closed - opened).total_seconds() * 1000)
    else:
        one.failures[outcome] += 1
        if not one.failed_at:
            one.failed_at, one.last_failure = closed, outcome


def _health(key: tuple[str, str, str], one: _Seen, succeeded_at: datetime | None) -> ModelHealth:
    p50, p95 = (_quantile(one.lasted, share) for share in (0.5, 0.95))
    return ModelHealth(*key, one.calls, one.failures, p50, p95, succeeded_at, one.failed_at, one.last_failure)


def _quantile(values: Sequence[float], share: float) -> float | None:
    """The value below or at which this share of the others lies; None of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else None
