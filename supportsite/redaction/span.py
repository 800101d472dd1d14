"""A piece of personal data in a text, and its kinds."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a piece of personal data is; the word stands in its placeholder."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    CARD = "CARD"
    IBAN = "IBAN"
    IP = "IP"
    URL = "URL"
    ID = "ID"
    BIRTH = "BIRTH"
    ORDER = "ORDER"
    NUMBER = "NUMBER"
    ADDRESS = "ADDRESS"
    NAME = "NAME"


class Span(NamedTuple):
    """Where it is; `end` is excluded."""

    start: int
    end: int
    kind: str
