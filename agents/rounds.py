"""What a round of the sweep goes by: sites with the time in which they were open, and a fair share for each of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeVar

from supportsite.sites.hours import Opened
from supportsite.sites.models import Site

MOST: Final = 200  # things done at one go, of each kind
Due = TypeVar("Due")


@dataclass(frozen=True)
class Place:
    """A site that is open now, and how long it was open since a moment."""

    site: Site
    opened: Opened


def places(oldest: Mapping[int, dt.datetime], now: dt.datetime) -> dict[int, Place]:
    """Of these sites, by row id, those that are open now; each with since when something waits there."""
    found = Site.objects.in_bulk(list(oldest))
    there = {pk: (site, site.hours) for pk, site in found.items()}
    return {
        pk: Place(site, Opened(hours, earliest=oldest[pk], now=now))
        for pk, (site, hours) in there.items()
        if hours.is_open(now)
    }


def fairly(due: Iterable[Due], site_of: Callable[[Due], int]) -> Iterator[Due]:
    """At most MOST, one of each site after the other: who has a thousand waiting holds nobody else up."""
    by_site: defaultdict[int, list[Due]] = defaultdict(list)
    for one in due:
        by_site[site_of(one)].append(one)
    return islice(_in_turn([iter(ones) for ones in by_site.values()]), MOST)


def _in_turn(heaps: list[Iterator[Due]]) -> Iterator[Due]:
    while heaps:
        left = []
        for heap in heaps:
            for one in heap:
                yield one
                left.append(heap)
                break
        heaps = left


def minutes(n: int) -> dt.timedelta:
    """So many of a site's minutes."""
    return dt.timedelta(minutes=n)


def whole_minutes(waited: dt.timedelta) -> int:
    """As people are told."""
    return int(waited.total_seconds() // 60)


def is_to_remind(*, begin: dt.datetime, reminded_at: dt.datetime | None, place: Place) -> bool:
    """Once after the site's minutes; again each time as long as all the waiting before: after 3, 6, 12 … minutes."""
    waited, least = place.opened.since(begin), minutes(place.site.remind_after)
    if reminded_at is None:
        return waited >= least
    since = place.opened.since(reminded_at)
    return since >= max(least, waited - since)
