"""When a site's assistant speaks at all: hours, whom, pages, languages, a share of visitors. Others get a person."""

import fnmatch
import hashlib
import re
from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from typing import Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .hours import zone_of

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST: Final = 30  # lines
LONGEST: Final = 200
_LINE: Final = re.compile(
    r"(mon|tue|wed|thu|fri|sat|sun)(?:\s*-\s*(mon|tue|wed|thu|fri|sat|sun))?\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\Z",
    re.I,
)


class Away(StrEnum):
    """Why it does not speak to somebody."""

    HOURS = "hours"
    WHOM = "whom"
    PAGE = "page"
    LANGUAGE = "language"
    SHARE = "share"


class SpeaksTo(TextChoices):
    """Whom it speaks to, by whether your server said who they are."""

    EVERYONE = "everyone", _("Everyone")
    CUSTOMERS = "customers", _("Verified customers only")
    UNVERIFIED = "unverified", _("Only who is not verified")

    def includes(self, *, verified: bool) -> bool:
        """Whether somebody is among them."""
        return self is SpeaksTo.EVERYONE or verified is (self is SpeaksTo.CUSTOMERS)


class Speaks(Protocol):
    """What of a site decides it."""

    key: str
    time_zone: str
    speaks_hours: list[str]
    speaks_to: str
    speaks_pages: list[str]
    speaks_languages: list[str]
    speaks_share: int


class BadHours(ValueError):
    """A line that names no hours."""


def away(site: Speaks, *, visitor: str, verified: bool, page: str, language: str, now: datetime) -> Away | None:
    """Why the assistant leaves a new conversation to people; None where it speaks."""
    local = now.astimezone(zone_of(site.time_zone or settings.TIME_ZONE))
    if site.speaks_hours and not _is_open(site.speaks_hours, local):
        return Away.HOURS
    if not SpeaksTo(site.speaks_to).includes(verified=verified):
        return Away.WHOM
    if site.speaks_pages and not any(_is_page(page, pattern) for pattern in site.speaks_pages):
        return Away.PAGE
    base = language.partition("-")[0].lower()
    if site.speaks_languages and base not in (one.partition("-")[0].lower() for one in site.speaks_languages):
        return Away.LANGUAGE
    return None if place_of(site.key, visitor) < site.speaks_share else Away.SHARE


def place_of(key: str, visitor: str) -> int:
    """A visitor's place among a hundred: always the same one on a site, and another one on the next."""
    digest = hashlib.sha256(f"{key}/{visitor}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 100


def hours(line: str) -> tuple[range, time, time]:
    """Days and times of a line such as `Mon-Fri 09:00-17:00`. Raises BadHours."""
    found = _LINE.match(line.strip())
    if found is None:
        raise BadHours(line)
    first, last = DAYS.index(found[1].lower()), DAYS.index((found[2] or found[1]).lower())
    try:
        begins, ends = time(int(found[3]), int(found[4])), _end(int(found[5]), int(found[6]))
    except ValueError as error:
        raise BadHours(line) from error
    return range(first, last + 1 if last >= first else last + 8), begins, ends


def _end(hour: int, minute: int) -> time:
    return time.max if (hour, minute) == (24, 0) else time(hour, minute)


def _is_open(lines: Sequence[str], local: datetime) -> bool:
    """Hours that end before they begin go on into the next day."""
    day, at = local.weekday(), local.time()
    for days, begins, ends in map(hours, lines):
        opens = {one % 7 for one in days}
        if begins < ends and day in opens and begins <= at < ends:
            return True
        if begins >= ends and ((day in opens and at >= begins) or ((day - 1) % 7 in opens and at < ends)):
            return True
    return False


def _is_page(page: str, pattern: str) -> bool:
    """A pattern with a host is held against the whole address, any other against the path; * is anything."""
    try:
        parts = urlsplit(page)
    except ValueError:  # no address, whoever sent it: the page of nobody
        return pattern.strip() == "*"
    told = f"{parts.scheme}://{parts.netloc}{parts.path}" if "://" in pattern else parts.path or "/"
    return fnmatch.fnmatchcase(told.lower(), pattern.strip().lower())
