"""The kinds of thing that a customer is asked for: how each is found in what they wrote, and what it must look like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from chat.sentences import Sentence
from chat.triggers import is_yes
from supportsite.redaction import orders

LONGEST: Final = 300  # characters of a text that is taken over
MOST_READ: Final = 2000


class FieldKind(StrEnum):
    """What may be asked for: a closed set, so that every pattern is ours and always fast."""

    TEXT = "text"
    NUMBER = "number"
    ORDER = "order"
    EMAIL = "email"
    DATE = "date"
    YES_NO = "yes_no"


@dataclass(frozen=True)
class Field:
    """One thing that is needed, under its name in the owner's texts."""

    name: str
    kind: FieldKind


ASKS: Final = {
    FieldKind.TEXT: Sentence.ASK_TEXT,
    FieldKind.NUMBER: Sentence.ASK_NUMBER,
    FieldKind.ORDER: Sentence.ASK_ORDER,
    FieldKind.EMAIL: Sentence.ASK_ADDRESS,
    FieldKind.DATE: Sentence.ASK_DATE,
    FieldKind.YES_NO: Sentence.ASK_YES_NO,
}
# Found anywhere in a conversation; a number, a text or a yes is one only where it was asked for.
_STANDS_OUT: Final = frozenset({FieldKind.ORDER, FieldKind.EMAIL, FieldKind.DATE})

_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}(?!\w)")
_ANY_ORDER: Final = re.compile(r"(?<![\w@.-])(?=[\w-]{0,12}\d{3})[A-Za-z]{0,5}-?\d[\dA-Za-z-]{2,24}(?![\w@])")
_NUMBER: Final = re.compile(r"(?<![\w.,])[-+]?\d{1,12}(?:[.,]\d{1,6})?(?![\w]|[.,]\d)")
_ISO: Final = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WRITTEN: Final = re.compile(r"(?<![\d./])(\d{1,2})([./])\s?(\d{1,2})[./]\s?(\d{4})(?!\d)")
_DAYS: Final = {
    "today": 0, "heute": 0, "hoy": 0, "aujourd'hui": 0, "aujourd’hui": 0,
    "yesterday": 1, "gestern": 1, "ayer": 1, "hier": 1,
}  # fmt: skip
_DAY_WORD: Final = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, _DAYS))})(?!\w)", re.I)
_NO: Final = re.compile(
    r"^\W*(?:no|nope|nah|no,? thanks?(?: you)?|cancel(?: (?:it|that|this))?|stop|never ?mind"
    r"|forget (?:it|that)|don'?t(?: do (?:it|that))?"
    r"|nein|nein,? danke|abbrechen|lass(?:en sie)? (?:es|das)|vergiss es|nicht nötig"
    r"|no,? gracias|cancelar|cancela|déjalo|olvídalo|mejor no"
    r"|non|non,? merci|annuler|annulez|laisse(?:z)? tomber|oubliez)\W*$",
    re.I,
)
_SHAPES: Final[dict[FieldKind, dict[str, Any]]] = {
    FieldKind.TEXT: {"type": "string", "minLength": 1, "maxLength": LONGEST},
    FieldKind.NUMBER: {"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,6})?$"},
    FieldKind.ORDER: {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9 /._-]{2,59}$"},
    FieldKind.EMAIL: {"type": "string", "pattern": r"^[^@\s]{1,64}@[^@\s]{3,254}$"},
    FieldKind.DATE: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    FieldKind.YES_NO: {"enum": ["yes", "no"]},
}


def is_no(text: str) -> bool:
    """Whether a message is nothing but a no, in one of the languages that code speaks."""
    return bool(_NO.match(text))


def answer(kind: FieldKind, text: str, *, forms: Sequence[str] = (), today: date, region: str = "") -> str:
    """What a message gives for a field that was asked for; empty where it gives none."""
    text = text[:MOST_READ]
    if kind is FieldKind.YES_NO:
        return "yes" if is_yes(text) else "no" if is_no(text) else ""
    if kind is FieldKind.NUMBER:
        return _number(text)
    if kind is FieldKind.TEXT:
        return " ".join(text.split())[:LONGEST]
    return _stands_out(kind, text, forms, today, region)


def said_before(
    kind: FieldKind, texts: Sequence[str], *, forms: Sequence[str] = (), today: date, region: str = ""
) -> str:
    """What the customer's lines, oldest first, have told already; the latest counts."""
    if kind not in _STANDS_OUT:
        return ""
    found = (_stands_out(kind, text[:MOST_READ], forms, today, region) for text in reversed(texts))
    return next((value for value in found if value), "")


def schema(fields: Sequence[Field]) -> dict[str, Any]:
    """The JSON Schema of these fields: all of them, and nothing else."""
    return {
        "type": "object",
        "properties": {field.name: dict(_SHAPES[field.kind]) for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }


def _stands_out(kind: FieldKind, text: str, forms: Sequence[str], today: date, region: str) -> str:
    if kind is FieldKind.EMAIL:
        found = _EMAIL.search(text)
        return found.group().rstrip(".-").lower() if found else ""
    if kind is FieldKind.DATE:
        return _date(text, today, region)
    return _order(text, forms)


def _order(text: str, forms: Sequence[str]) -> str:
    """By the site's forms; on a site without any, a word with three digits or more."""
    if forms:
        spans = sorted(orders.find(text, forms))
        return text[spans[0].start : spans[0].end].upper() if spans else ""
    found = _ANY_ORDER.search(_EMAIL.sub(" ", text))
    return found.group().upper() if found else ""


def _number(text: str) -> str:
    found = _NUMBER.search(text)
    return found.group().replace(",", ".").lstrip("+") if found else ""


def _date(text: str, today: date, region: str) -> str:
    if found := _ISO.search(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if found := _WRITTEN.search(text):
        first, second = int(found[1]), int(found[3])
        month_first = found[2] == "/" and region == "US"
        return _iso(int(found[4]), first if month_first else second, second if month_first else first)
    if word := _DAY_WORD.search(text):
        return (today - timedelta(days=_DAYS[word.group().lower()])).isoformat()
    return ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
