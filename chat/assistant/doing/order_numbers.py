"""An order number in the answer to the question for it: by the site's forms, else what looks like one.

Where a site names no forms, a card's number, an address, a date, a price or "100 days" must not be taken for one: what
is known as something else is blotted out first.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from chat.assistant.words import UNITS
from supportsite import redact
from supportsite.redaction import orders, plain
from supportsite.redaction.span import Kind

_ANY: Final = re.compile(r"(?<![\w@.-])(?=[\w-]{0,12}\d{3})[A-Za-z]{0,5}-?\d[\dA-Za-z-]{2,24}(?![\w@])")
_OTHERS: Final = frozenset({Kind.EMAIL, Kind.CARD, Kind.IBAN, Kind.IP, Kind.URL, Kind.ID, Kind.BIRTH})
_TO_CALL: Final = re.compile(
    r"\b(?:phone|tel\b|tele\w*|tél\w*|telé\w*|mobil\w*|cell|handy|móvil|portable|call|ring|anruf\w*|llam\w+|appel\w+|fax"
    r"|whatsapp|sms)\b",
    re.I,
)
_DATE: Final = r"(?<!\d)(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\s?\d{1,2}[-./]\s?(?:\d{4}|\d{2}))(?!\d)"
_AMOUNT: Final = r"\d[\d.,'’\u00a0\u202f]*"
_COUNTED: Final = "|".join(re.escape(unit) for unit in sorted(UNITS, key=len, reverse=True))
_MONEY: Final = r"€|\$|£|¥|\b(?:eur|euros?|usd|gbp|chf|dollars?|pounds?)\b"
_NOT_ONE: Final = re.compile(
    rf"{_DATE}|(?:{_MONEY})\s?{_AMOUNT}|(?<![\w-]){_AMOUNT}\s?(?:{_MONEY}|¥|(?:{_COUNTED})(?!\w))", re.I
)


def find(text: str, forms: Sequence[str], *, language: str, region: str) -> str:
    """The first of the site's forms; on a site without any, a word with three digits or more."""
    return by_form(text, forms) if forms else loosely(text, language=language, region=region)


def by_form(text: str, forms: Sequence[str]) -> str:
    """The first one, as the site writes it, whatever the customer put in the place of its dash."""
    found = orders.numbers(plain.of(text).text, forms)
    return found[0] if found else ""


def loosely(text: str, *, language: str, region: str) -> str:
    """The first word that may be one, where the customer was asked for it."""
    for start, end in [*_other(text, language, region), *(found.span() for found in _NOT_ONE.finditer(text))]:
        text = text[:start] + " " * (end - start) + text[end:]
    found = _ANY.search(text)
    return found.group().upper() if found else ""


def _other(text: str, language: str, region: str) -> Iterator[tuple[int, int]]:
    for span in redact.find(text, redact.countries(language, region)):
        # Many an order number has the length of a phone's: it is one only where somebody says so.
        is_phone = span.kind == Kind.PHONE and (text[span.start] == "+" or _TO_CALL.search(text[: span.start]))
        # Nor is a figure by itself an address, though a postal code looks like it.
        is_address = span.kind == Kind.ADDRESS and any(map(str.isalpha, text[span.start : span.end]))
        if span.kind in _OTHERS or is_phone or is_address:
            yield span.start, span.end
