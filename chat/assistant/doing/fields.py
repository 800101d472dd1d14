"""The kinds of thing that a customer is asked for: how each is found in what they wrote, and what it must look like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from chat.assent import agrees, is_no
from chat.assistant.doing import figures, order_numbers
from chat.sentences import Sentence

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
    CUSTOMER = "customer"  # the owner's own id of a verified customer
    VERIFIED = "verified"  # the e-mail address that the owner's server vouched for


# Never asked for and never read of a message: nobody can write them but the owner's server.
OF_CUSTOMER: Final = frozenset({FieldKind.CUSTOMER, FieldKind.VERIFIED})


@dataclass(frozen=True)
class Field:
    """One thing that is needed, under its name in the owner's texts."""

    name: str
    kind: FieldKind


@dataclass(frozen=True)
class Reading:
    """How a message is read: the site's forms of order numbers, the day, the customer's region and language.

    `asked` is the question that it answers.
    """

    forms: Sequence[str]
    today: date
    region: str = ""
    language: str = "en"
    asked: str = ""


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
_ISO: Final = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WRITTEN: Final = re.compile(r"(?<![\d./])(\d{1,2})([./])\s?(\d{1,2})[./]\s?(\d{4})(?!\d)")
# In each language its own: "hier" is yesterday in French, and "here" in German.
_DAYS: Final = {
    "en": {"today": 0, "yesterday": 1},
    "de": {"heute": 0, "gestern": 1},
    "es": {"hoy": 0, "ayer": 1},
    "fr": {"aujourd'hui": 0, "hier": 1},
    "ar": {"اليوم": 0, "أمس": 1, "امس": 1, "البارحة": 1},
}
_SHAPES: Final[dict[FieldKind, dict[str, Any]]] = {
    FieldKind.TEXT: {"type": "string", "minLength": 1, "maxLength": LONGEST},
    FieldKind.NUMBER: {"type": "string", "pattern": r"^-?\d{1,12}(\.\d{1,6})?$"},
    FieldKind.ORDER: {"type": "string", "pattern": r"^[A-Za-z0-9][A-Za-z0-9 /._-]{2,59}$"},
    FieldKind.EMAIL: {"type": "string", "pattern": r"^[^@\s]{1,64}@[^@\s]{3,254}$"},
    FieldKind.DATE: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    FieldKind.YES_NO: {"enum": ["yes", "no"]},
    FieldKind.CUSTOMER: {"type": "string", "minLength": 1, "maxLength": 200},
    FieldKind.VERIFIED: {"type": "string", "pattern": r"^[^@\s]{1,64}@[^@\s]{3,254}$"},
}


def answer(kind: FieldKind, text: str, how: Reading) -> str:
    """What a message gives for a field that was asked for; empty where it gives none, or more than one."""
    text = text[:MOST_READ]
    if kind in OF_CUSTOMER:
        return ""
    match kind:
        case FieldKind.YES_NO:
            said_yes = agrees(text, how.asked, how.language)
            return "yes" if said_yes else "no" if is_no(text, how.language, how.asked) else ""
        case FieldKind.NUMBER:
            found = numbers(text, how)
            return found[0] if len(found) == 1 else ""
        case FieldKind.TEXT:
            return " ".join(text.split())[:LONGEST]
        case FieldKind.ORDER:
            return order_numbers.find(text, how.forms, language=how.language, region=how.region)
        case FieldKind.DATE:
            return _date(text, how) or _day_word(text, how)
    return _stands_out(kind, text, how)


def numbers(text: str, how: Reading) -> tuple[str, ...]:
    """Every number that a message may mean; what is a date or an address is none."""
    bare = _WRITTEN.sub(" ", _ISO.sub(" ", _EMAIL.sub(" ", text[:MOST_READ])))
    return figures.readings(bare, how.language)


def said_before(kind: FieldKind, texts: Sequence[str], how: Reading) -> str:
    """What the customer's lines, oldest first, have told already; the latest counts.

    Only what cannot be anything else: an order number of the site's forms, an address, a day that is written out.
    """
    if kind not in _STANDS_OUT:
        return ""
    found = (_stands_out(kind, text[:MOST_READ], how) for text in reversed(texts))
    return next((value for value in found if value), "")


def schema(fields: Sequence[Field]) -> dict[str, Any]:
    """The JSON Schema of these fields: all of them, and nothing else."""
    return {
        "type": "object",
        "properties": {field.name: dict(_SHAPES[field.kind]) for field in fields},
        "required": [field.name for field in fields],
        "additionalProperties": False,
    }


def _stands_out(kind: FieldKind, text: str, how: Reading) -> str:
    if kind is FieldKind.EMAIL:
        found = _EMAIL.search(text)
        return found.group().rstrip(".-").lower() if found else ""
    return _date(text, how) if kind is FieldKind.DATE else order_numbers.by_form(text, how.forms)


def _date(text: str, how: Reading) -> str:
    if found := _ISO.search(text):
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    if found := _WRITTEN.search(text):
        first, second = int(found[1]), int(found[3])
        month_first = found[2] == "/" and how.region == "US"
        return _iso(int(found[4]), first if month_first else second, second if month_first else first)
    return ""


def _day_word(text: str, how: Reading) -> str:
    """A day such as "yesterday", in the language spoken; where code does not speak it, it asked in English."""
    days = _DAYS.get(how.language.partition("-")[0].lower(), _DAYS["en"])
    said = [
        days[word] for word in re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)?", text.lower().replace("’", "'")) if word in days
    ]
    return (how.today - timedelta(days=said[0])).isoformat() if len(set(said)) == 1 else ""


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""
