"""A condition on what is known, as an owner writes it: `state is sent`, `ordered older than 30 days`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

Values = Mapping[str, Any]

_NAME: Final = re.compile(r"[A-Za-z_]\w{0,39}(?:\.\w{1,40}){0,4}\Z")
_DATE: Final = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Operator(StrEnum):
    """How a field is looked at."""

    IS = "is"
    IS_NOT = "is not"
    EMPTY = "is empty"
    FILLED = "is not empty"
    OVER = "over"
    UNDER = "under"
    OLDER = "older than"
    NEWER = "newer than"


class BadCondition(ValueError):
    """What was written is no condition."""


@dataclass(frozen=True)
class Condition:
    """`older than` and `newer than` count days."""

    field: str
    operator: Operator
    value: str = ""

    def holds(self, values: Values, today: date) -> bool:
        """Whether it is so; a figure or a date that is not there is neither over nor under, neither older nor newer."""
        found = look_up(values, self.field)
        match self.operator:
            case Operator.EMPTY | Operator.FILLED:
                return (found in (None, "", [], {})) == (self.operator is Operator.EMPTY)
            case Operator.IS | Operator.IS_NOT:
                return (_plain(found) == _plain(self.value)) == (self.operator is Operator.IS)
            case Operator.OVER | Operator.UNDER:
                number, limit = as_number(found), as_number(self.value)
                if number is None or limit is None:
                    return False
                return number > limit if self.operator is Operator.OVER else number < limit
            case _:
                day, days = as_date(found), as_number(self.value)
                if day is None or days is None or abs(days) > 100_000:
                    return False
                limit_day = today - timedelta(days=days)
                return day < limit_day if self.operator is Operator.OLDER else day >= limit_day


def parse(written: str) -> Condition:
    """`state is sent` and the like, as a line of a reply begins with. Raises BadCondition."""
    words = " ".join(written.split())
    for operator in sorted(Operator, key=len, reverse=True):
        name, found, value = words.partition(f" {operator.value}")
        value = value.strip()
        if not found or (value and words[len(name) + len(found)] != " "):
            continue
        condition = Condition(name.strip(), operator, re.sub(r"\s+days?\Z", "", value))
        check(condition)
        return condition
    raise BadCondition(written)


def check(condition: Condition) -> None:
    """Raise BadCondition where it can never be read."""
    needs_none = condition.operator in (Operator.EMPTY, Operator.FILLED)
    needs_number = condition.operator in (Operator.OVER, Operator.UNDER, Operator.OLDER, Operator.NEWER)
    wrong_value = bool(condition.value) if needs_none else not condition.value
    if not is_name(condition.field) or wrong_value or (needs_number and as_number(condition.value) is None):
        raise BadCondition(f"{condition.field} {condition.operator} {condition.value}".strip())


def is_name(written: str) -> bool:
    """Whether this may be the name of a field: `state`, `parcel.carrier`, `items.0.name`."""
    return bool(_NAME.match(written))


def look_up(values: Values, path: str) -> Any:
    """A value by its path; None where there is none. What was kept of an answer lies under its whole path."""
    if path in values:
        return values[path]
    found: Any = values
    for part in path.split("."):
        if isinstance(found, Mapping):
            found = found.get(part)
        elif isinstance(found, list) and part.isascii() and part.isdecimal() and len(part) < 4:
            found = found[int(part)] if int(part) < len(found) else None
        else:
            return None
    return found


def as_number(value: Any) -> float | None:
    """A figure, written or as JSON has it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1e15 else None


def as_date(value: Any) -> date | None:
    """The day of an ISO date or time."""
    found = _DATE.match(value) if isinstance(value, str) else None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    words = " ".join(str("" if value is None else value).split()).casefold()
    return {"true": "yes", "false": "no"}.get(words, words)
