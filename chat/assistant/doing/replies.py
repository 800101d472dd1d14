"""What the owner wrote for customers, filled in: `{state}` is a value, `[if state is sent]` begins a line that depends.

Every value is hostile: it is one line of plain text, without marks, and with links to allowed hosts only.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import formats, translation

from chat.assistant import words
from chat.assistant.doing import conditions
from chat.assistant.doing.conditions import Condition, Values

LONGEST_VALUE: Final = 200
LONGEST_REPLY: Final = 2000

_FIELD: Final = re.compile(r"\{([^{}]*)\}")
_IF: Final = re.compile(r"\[if ([^\[\]]+)\]\s*", re.I)
_URL: Final = re.compile(r"\b[a-z][a-z0-9+.-]{0,20}:[^\s]+|//[^\s]+", re.I)
_SAYS_YES: Final = {
    "en": ("yes", "no"), "de": ("ja", "nein"), "es": ("sí", "no"), "fr": ("oui", "non"), "ar": ("نعم", "لا"),
}  # fmt: skip
_MARKS: Final = str.maketrans({"[": "(", "]": ")", "<": "(", ">": ")", "`": "'", "*": "", "|": "/", "\\": ""})
_SOMETHING: Final = (True,)  # in place of a list or an object

Texts = Mapping[str, str]


class BadText(ValueError):
    """A line that cannot be filled in: `line` says which."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Line:
    """One line, and when it is said."""

    text: str
    conditions: tuple[Condition, ...] = ()


def parse(text: str) -> tuple[Line, ...]:
    """The lines of a text. Raises BadText."""
    return tuple(_line(line) for line in text.splitlines() if line.strip())


def names(texts: Texts) -> frozenset[str]:
    """Every field that these texts name. Raises BadText."""
    lines = [line for text in texts.values() for line in parse(text)]
    told = {name for line in lines for name in _FIELD.findall(line.text)}
    return frozenset(told | {one.field for line in lines for one in line.conditions})


def choose(texts: Texts, language: str, site_language: str) -> str:
    """The text in the customer's language, else in the site's, else in English, else whatever there is."""
    bases = [one.partition("-")[0].lower() for one in (language, site_language, "en")]
    return next((texts[base] for base in bases if texts.get(base)), next(iter(texts.values()), ""))


def render(text: str, values: Values, *, language: str, hosts: Collection[str], today: date) -> str:
    """The lines that hold, filled in, as one paragraph; a line whose value is missing is left out."""
    said = (_filled(line, values, language, hosts, today) for line in parse(text))
    return " ".join(one for one in said if one)[:LONGEST_REPLY]


def plain(value: Any, language: str, hosts: Collection[str] = (), longest: int = LONGEST_VALUE) -> str:
    """A value as a customer reads it; empty where it is none."""
    if isinstance(value, bool):
        return _SAYS_YES.get(language.partition("-")[0], _SAYS_YES["en"])[not value]
    if isinstance(value, int | float):
        return str(value) if isinstance(value, int) else f"{value:.12g}"
    if not isinstance(value, str):
        return ""
    if (day := conditions.as_date(value)) and len(value) <= 35:
        with translation.override(language if translation.check_for_language(language) else "en"):
            return formats.date_format(day, "DATE_FORMAT")
    return _one_line(value, hosts, longest)


def _line(line: str) -> Line:
    rest, found = line.strip(), []
    while opened := _IF.match(rest):
        try:
            found.append(conditions.parse(opened[1]))
        except conditions.BadCondition as error:
            raise BadText(line) from error
        rest = rest[opened.end() :]
    bare = _FIELD.sub("", rest)
    if not rest or "{" in bare or "}" in bare or not all(map(conditions.is_name, _FIELD.findall(rest))):
        raise BadText(line)
    return Line(rest, tuple(found))


def _filled(line: Line, values: Values, language: str, hosts: Collection[str], today: date) -> str:
    if not all(one.holds(values, today) for one in line.conditions):
        return ""
    told = {name: plain(conditions.look_up(values, name), language, hosts) for name in _FIELD.findall(line.text)}
    if not all(told.values()):
        return ""
    return _FIELD.sub(lambda found: told[found[1]], line.text)


def _one_line(value: str, hosts: Collection[str], longest: int) -> str:
    """Without control signs and marks of ours, its links to other hosts taken out."""
    kept = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in value[: 4 * LONGEST_VALUE])
    kept = _URL.sub(lambda found: found.group() if _is_allowed(found.group(), hosts) else "", kept)
    kept = words.LINK.sub(lambda found: found.group() if _is_allowed(found.group(), hosts) else "", kept)
    return " ".join(kept.translate(_MARKS).split())[:longest]


def _is_allowed(link: str, hosts: Collection[str]) -> bool:
    try:
        parts = urlsplit(link if "//" in link else f"https://{link}")
        return parts.scheme in ("http", "https") and (parts.hostname or "") in hosts and not parts.username
    except ValueError:
        return False


def leaves(values: Values, wanted: Collection[str]) -> Iterator[tuple[str, Any]]:
    """What is wanted of an answer, by its path, each value short and plain: nothing else is kept.

    Of a list or an object that holds something only that it does, for "is empty".
    """
    for path in sorted(wanted):
        value = conditions.look_up(values, path)
        if isinstance(value, str):
            yield path, value[: 4 * LONGEST_VALUE]
        elif isinstance(value, bool | int | float):
            yield path, value
        elif value:
            yield path, list(_SOMETHING)
