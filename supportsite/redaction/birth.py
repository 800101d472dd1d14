"""Dates of birth: a date next to a word for birth."""

import re
from collections.abc import Iterator
from typing import Final

from supportsite.redaction.span import Kind, Span

_WORD: Final = re.compile(
    r"\b(?:born|birth\w*|d\.?o\.?b\b|bday|b-day|geb\b|geboren\w*|geburts\w+|naci(?:d[oa]|ó|miento)?|nací|cumpleaños|"
    r"née?\b|naissance|anniversaire|nat[oa]\b|nascita|nascid[oa]|nasci\w*|geboorte\w*|urodz\w+|född|født|syntynyt)",
    re.I,
)
_MONTHS: Final = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|jänner|mär|mai|okt|dez|ene|abr|ago|dic|"
    "janv|févr|fév|avr|juin|juil|août|déc|gen|mag|giu|lug|set|ott|mrt|mei|out|fev|maio"
)
_DATE: Final = re.compile(
    rf"(?<![\w.])(?:\d{{1,2}}[./-] ?\d{{1,2}}[./-] ?(?:\d{{4}}|\d{{2}})|\d{{4}}[./-]\d{{1,2}}[./-]\d{{1,2}}|\d{{8}}|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|\.|º)?\s(?:de\s|of\s)?(?:{_MONTHS})[^\W\d_]*\.?,?(?:\s(?:de\s|del\s)?\d{{2,4}})?|"
    rf"(?:{_MONTHS})[^\W\d_]*\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s\d{{4}})?|\d{{1,2}}\s\d{{1,2}}\s\d{{4}})(?!\w)",
    re.I,
)
_NEAR: Final = 45


def find(text: str) -> Iterator[Span]:
    """The dates in `text` that have a word for birth before them, or close behind."""
    words = [match.span() for match in _WORD.finditer(text)]
    if not words:
        return
    for match in _DATE.finditer(text):
        if any(0 <= match.start() - end <= _NEAR or 0 <= start - match.end() <= _NEAR // 3 for start, end in words):
            yield Span(*match.span(), Kind.BIRTH)
