"""Phone numbers of every country, and long numbers of other kinds: both by shape, by words near them and by country."""

import re
from collections.abc import Collection, Iterator
from functools import lru_cache
from typing import Final

import phonenumbers

from supportsite.redaction.span import Kind, Span

# What it has matched it keeps (atomic): half a number is none.
_RUN: Final = re.compile(
    r"(?<![\w#])(?<!\d[.,:/-])(?<![^\W\d_][-/])"
    r"(?>(?:\+\s?|\(\+?)?\d{1,20}(?:[ \u00a0./()‐‑–-]{1,3}\d{1,12}){0,8})(?!\d|[%°€$£]|[.,:]\d|-\w{1,2}\b)(?=x\d|\W|$)",
    re.I,
)
_EXTENSION: Final = re.compile(r"\s?(?:x|ext\.?|durchwahl|poste)\s?\d{1,5}\b", re.I)
_PHONE_WORD: Final = re.compile(
    r"电话|手机|電話|携帯|전화|연락처|핸드폰|هاتف|جوال|फ़?ोन|मोबाइल|โทร|เบอร์|טלפון|נייד|телефон|\bтел\b|τηλ|κινητ|"
    r"\b(?:phones?|tel|telephone|telefon\w*|tél\w*|teléfono|telefono|mobile?|mobil\w*|cell|móvil|portable|handy\w*|"
    r"call\w*|ring|rufen|anruf\w*|erreich\w*|llam\w+|appel\w+|joindre|whatsapp|sms|text|fax|number|nummer|número|numero|"
    r"numéro|contact|answering|reach\w*|dial|voicemail|hotline)\b",
    re.I,
)
_MONEY: Final = re.compile(r"(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF)|\b(?:costs?|price|total|worth))\s*$", re.I)
_COUNTED: Final = re.compile(r"\s?(?:[€$£¥%°]|(?!office|mobil|fax|home|work|cell|priva)[^\W\d_])", re.I)
_DATE: Final = re.compile(
    r"(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}(?: \d{1,2})?$|\d{1,2}[-./ ]\d{1,2}[-./ ](?:19|20)\d\d(?: \d{1,2})?$"
)
_YEARS: Final = re.compile(r"(?:19|20)\d\d\s?[-/–]\s?(?:19|20)\d\d$")
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:([ \u00a0.])\d{3})(?:\1\d{3})+$")
_NEAR: Final = 40
_SHORTEST: Final = 7  # digits of a phone number
_LONG: Final = 10  # digits from which a number identifies something, whatever it is


def find(text: str, countries: Collection[str]) -> Iterator[Span]:
    """The numbers in `text`; `countries` are those in which a bare number without its prefix may be a phone's."""
    for match in _RUN.finditer(text):
        start, written = _without_stray_bracket(match)
        digits = sum(map(str.isdigit, written))
        if digits < _SHORTEST or _is_something_else(text, start, written):
            continue
        if kind := _kind(text, start, written, digits, countries):
            end = start + len(written)
            if kind == Kind.PHONE and (more := _EXTENSION.match(text, end)):
                end = more.end()
            yield Span(start, end, kind)


def _kind(text: str, start: int, written: str, digits: int, countries: Collection[str]) -> str:
    called = is_called(text, start)
    if written[0] in "+(" or called:
        return Kind.PHONE if digits <= 15 else Kind.NUMBER
    if written.isdigit():
        if digits <= 12 and any(is_valid(written, country) for country in countries):
            return Kind.PHONE
        starts_like_one = written[0] == "0" and 9 <= digits <= 14
        return Kind.PHONE if starts_like_one else Kind.NUMBER if digits >= _LONG else ""
    if _THOUSANDS.match(written) and (_COUNTED.match(text, start + len(written)) or _MONEY.search(text[:start])):
        return ""
    groups = re.findall(r"\d+", written)
    short = sum(len(group) == 1 for group in groups[1:])
    if short > 1 or (len(groups) > 2 and digits / len(groups) < 2):
        return Kind.NUMBER if digits >= _LONG else ""
    return Kind.PHONE if digits <= 13 else Kind.NUMBER


def is_called(text: str, at: int) -> bool:
    """Whether a word for a phone's number stands before what is at `at`."""
    return bool(_PHONE_WORD.search(text, max(0, at - _NEAR), at))


def _without_stray_bracket(match: re.Match[str]) -> tuple[int, str]:
    """A number in brackets is not `(030`."""
    start, written = match.start(), match.group()
    if written.startswith("(") and ")" not in written:
        return start + 1, written[1:]
    if written.endswith(")") and "(" not in written:
        return start, written[:-1]
    return start, written


def _is_something_else(text: str, start: int, written: str) -> bool:
    if _DATE.match(written) or _YEARS.match(written):
        return True
    return len(set(filter(str.isdigit, written))) == 1


@lru_cache(maxsize=2048)  # a tenth of a millisecond each, and every turn asks again
def is_valid(digits: str, country: str | None) -> bool:
    """Whether it is a phone's number in `country`; with a "+" in whichever it names."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, country))
    except phonenumbers.NumberParseException:
        return False
