"""Opening hours: when a site's people are there, in the site's own time zone. Pure; how they are written is here too.

A day is a list of spans of minutes from midnight on the wall clock; one that ends at or before its beginning goes on
past midnight. The wall clock decides: a span begins and ends where the clock first shows its minute. One that a change
of clocks skips is counted on from before the change.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_SPANS: Final = 4
MOST_HOLIDAYS: Final = 200
_DAY: Final = 24 * 60
_SEARCHED: Final = 400  # days ahead in which the next opening is looked for
_TIME: Final = r"([01]?\d|2[0-4])(?:[:.]([0-5]\d))?"
_SPAN: Final = re.compile(rf"\s*{_TIME}\s*(?:-|–|—|to|bis|a|à)\s*{_TIME}\s*\Z", re.IGNORECASE)
_HOLIDAY: Final = re.compile(r"(?:(\d{4})-)?(\d{2})-(\d{2})\b")
Span = tuple[int, int]


class BadHours(ValueError):
    """What somebody wrote is no time, span or date; the text is what they wrote."""


@dataclass(frozen=True)
class Hours:
    """When a site is open. No span on any day: hours were never set, and it is always open."""

    zone: ZoneInfo
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    holidays: frozenset[str] = field(default_factory=frozenset)  # 2026-12-25, or 12-25 for each year

    @property
    def are_set(self) -> bool:
        """Whether anybody wrote opening hours."""
        return any(self.week)

    def is_open(self, moment: datetime) -> bool:
        """Whether it is open then."""
        if not self.are_set:
            return True
        today = moment.astimezone(self.zone).date()
        days = (today - timedelta(days=1), today)  # yesterday's may go on past midnight
        return any(opens <= moment < closes for day in days for opens, closes in self._stretches(day))

    def spans(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on a day; none on a holiday."""
        is_holiday = day.isoformat() in self.holidays or day.strftime("%m-%d") in self.holidays
        return () if is_holiday else self.week[day.weekday()]

    def next_opening(self, moment: datetime) -> datetime | None:
        """When it opens next after `moment`, in the site's zone; None where it never does, or is always open."""
        if not self.are_set:
            return None
        today = moment.astimezone(self.zone).date()
        for ahead in range(_SEARCHED):
            day = today + timedelta(days=ahead)
            for begin, _end in self.spans(day):
                opens = self._at(day, begin)
                if opens > moment and self.is_open(opens) and not self.is_open(opens - timedelta(minutes=1)):
                    return opens.astimezone(self.zone)
        return None

    def open_times(self, begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """When it is open between two moments, one stretch after the other, in UTC; for hours that are set."""
        reached, last = begin.astimezone(UTC), end.astimezone(UTC)
        day = begin.astimezone(self.zone).date() - timedelta(days=1)  # yesterday's may go on past midnight
        while day <= end.astimezone(self.zone).date():
            for opens, closes in self._stretches(day):
                if max(opens, reached) < min(closes, last):
                    yield max(opens, reached), min(closes, last)
                    reached = min(closes, last)
            day += timedelta(days=1)

    def after(self, moment: datetime, open_for: timedelta) -> datetime | None:
        """The moment until which it will have been open for so long; None where that never comes."""
        if not self.are_set:
            return moment + open_for
        left = open_for
        for opens, closes in self.open_times(moment, moment + timedelta(days=_SEARCHED)):
            if closes - opens >= left:
                return opens + left
            left -= closes - opens
        return None

    def _stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """The spans that begin on a day, as moments."""
        return sorted((self._at(day, begin), self._at(day, _long(begin, end))) for begin, end in self.spans(day))

    def _at(self, day: date, minute: int) -> datetime:
        """That minute of a day on the wall clock; past 1440 it is on the next day."""
        day, clock = day + timedelta(days=minute // _DAY), time(minute % _DAY // 60, minute % 60)
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


class Opened:
    """How long a site was open from a moment until `now`: worked out once for all that waits there."""

    def __init__(self, hours: Hours, *, earliest: datetime, now: datetime) -> None:
        self.now = now.astimezone(UTC)
        first = max(earliest, now - timedelta(days=_SEARCHED))  # what is older has waited as long as that
        self._times = list(hours.open_times(first, now)) if hours.are_set else [(first.astimezone(UTC), self.now)]
        lengths = [closes - opens for opens, closes in self._times]
        self._left = [*reversed(list(accumulate(reversed(lengths), initial=timedelta())))]  # from each stretch on

    def since(self, moment: datetime) -> timedelta:
        """The time in which it was open since `moment`."""
        at = bisect_right(self._times, moment, key=lambda stretch: stretch[1])  # the first that ends after it
        if at == len(self._times):
            return timedelta()
        return self._left[at] - max(moment - self._times[at][0], timedelta())


def _long(begin: int, end: int) -> int:
    """The end counted from the day's midnight: past 1440 where it is on the next day."""
    return end if end > begin else end + _DAY


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """A time zone by its name, UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name."""
    return name in available_timezones()


def of_rows(zone: str, week: Mapping[str, Sequence[Sequence[str]]], holidays: Sequence[str]) -> Hours:
    """The hours as they are stored: {"mon": [["09:00", "17:00"]], …}; what cannot be read counts as closed."""
    days = tuple(tuple(span for pair in week.get(day, ()) if (span := _stored(pair))) for day in DAYS)
    dates = (found.group() for line in holidays if (found := _HOLIDAY.match(line)))
    return Hours(zone_of(zone), days, frozenset(dates))


def read_day(text: str) -> list[list[str]]:
    """What somebody wrote for a day, such as “9-12:30, 14-18”, as it is stored. Raises BadHours."""
    spans = [_span(part) for part in re.split(r"[,;\n]", text) if part.strip()]
    if len(spans) > MOST_SPANS:
        raise BadHours(text)
    for (_begin, end), (begin, _end) in zip(sorted(spans), sorted(spans)[1:], strict=False):
        if begin < end:
            raise BadHours(text)
    return [[_clock(begin), _clock(end)] for begin, end in sorted(spans)]


def write_day(spans: Sequence[Sequence[str]]) -> str:
    """A stored day as people write it."""
    return ", ".join(f"{begin}–{end}" for begin, end in spans)


def read_holiday(line: str) -> str:
    """A holiday as it is stored: a date (with a year, or of each year), and a name if there is one. Raises BadHours."""
    found = _HOLIDAY.match(line.strip())
    if found is None:
        raise BadHours(line)
    try:
        date(int(found[1] or 2024), int(found[2]), int(found[3]))
    except ValueError:
        raise BadHours(line) from None
    return " ".join(line.split())


def _span(text: str) -> Span:
    found = _SPAN.match(text)
    if found is None:
        raise BadHours(text.strip())
    begin, end = int(found[1]) * 60 + int(found[2] or 0), int(found[3]) * 60 + int(found[4] or 0)
    if begin >= _DAY or end > _DAY or begin == end:
        raise BadHours(text.strip())
    return begin, end


def _stored(pair: Sequence[str]) -> Span | None:
    try:
        return _span("-".join(pair))
    except (BadHours, TypeError):
        return None


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
