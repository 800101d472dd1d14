"""A site's budget of a day: each call reserves what it may cost before it goes out, and settles after.

One statement reserves, with its condition: however many turns run at once, what is reserved never passes the hard stop.
A call whose process was killed stays at what it reserved: it may have been billed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from supportsite.sites import hours
from supportsite.sites.models import Site

from .prices import Stop, amount, nano
from .tier_rows import DaySpent


@dataclass(frozen=True)
class Standing:
    """How a site's day stands; amounts in billionths, None for no limit."""

    day: date
    spent: int
    soft: int | None
    hard: int | None
    stop: Stop
    refuses: bool = False  # whether the last call that did not fit would not fit now

    @property
    def amount(self) -> Decimal:
        """What it has cost so far, as a person reads it."""
        return amount(self.spent)


def day_of(site: Site, now: datetime) -> date:
    """The day that a call belongs to, in the site's time zone, else by TANDEM_TIME_ZONE (UTC unless set)."""
    return timezone.localdate(now, hours.zone_of(site.time_zone or settings.TIME_ZONE))


def today(site: Site) -> date:
    """The site's day just now."""
    return day_of(site, timezone.now())


def standing(site: Site, now: datetime) -> Standing:
    """What the day has cost so far, and what that still allows."""
    day = day_of(site, now)
    row = DaySpent.objects.filter(site=site, day=day).first() or DaySpent()
    soft, hard = (None if limit is None else nano(limit) for limit in (site.budget_soft, site.budget_hard))
    refuses = hard is not None and row.refused is not None and row.spent + row.refused > hard
    return Standing(day, row.spent, soft, hard, _stop(row, soft, hard), refuses)


def stopped(sites: Iterable[Site], now: datetime) -> list[tuple[Site, Standing]]:
    """The sites whose day has reached a stop, or has no room for some calls."""
    limited = [site for site in sites if site.budget_soft is not None or site.budget_hard is not None]
    found = [(site, standing(site, now)) for site in limited]
    return [(site, stand) for site, stand in found if stand.refuses or stand.stop is not Stop.NONE]


def reserve(*, site_id: int, cost: int, now: datetime) -> bool:
    """Take `cost` out of the day's budget; False, and nothing taken, where the hard stop does not allow it."""
    site = _site(site_id)
    hard = site.budget_hard
    day, _made = DaySpent.objects.get_or_create(site_id=site_id, day=day_of(site, now))
    rows = DaySpent.objects.filter(pk=day.pk)
    fits = rows if hard is None else rows.filter(spent__lt=nano(hard), spent__lte=nano(hard) - cost)
    if fits.update(spent=F("spent") + cost, refused=None):
        return True
    rows.update(refused=cost)
    return False


def settle(*, site_id: int, reserved: int, cost: int, opened: datetime) -> None:
    """Put what a call cost in the place of what it had reserved, on the day that it was opened."""
    day = day_of(_site(site_id), opened)
    DaySpent.objects.filter(site_id=site_id, day=day).update(spent=F("spent") + cost - reserved)


def _site(site_id: int) -> Site:
    return Site.objects.only("budget_hard", "time_zone").get(pk=site_id)


def _stop(row: DaySpent, soft: int | None, hard: int | None) -> Stop:
    """By what was spent alone: one call that is too dear stops no other."""
    if hard is not None and row.spent >= hard:
        return Stop.HARD
    return Stop.SOFT if soft is not None and row.spent >= soft else Stop.NONE
