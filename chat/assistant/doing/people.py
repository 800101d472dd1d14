"""Whom a server's answer names: what a field calls a recipient is personal wherever the conversation says it again."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

# What the last word of a field says of its value, and whole fields.
_PERSON: Final = frozenset(
    """name fullname firstname lastname surname recipient receiver customer neighbour neighbor consignee signatory
    contact buyer driver empfänger nachbar kunde destinatario destinataire cliente client vecino voisin""".split()
)
_BY: Final = re.compile(r"(?:left|signed|received|accepted|delivered|picked up|collected) (?:with|by|for|to)$")
# Of a thing, a place or a business.
_THING: Final = frozenset(
    """product item article carrier courier shop store company brand file model category country city street plan state
    status variant warehouse service method tag event bank field user host domain display""".split()
)
_WORD: Final = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+")
_LONGEST: Final = 80
_MOST_WORDS: Final = 6


def named(values: Mapping[str, Any]) -> Iterator[str]:
    """The names among the values of an answer, which lie under their paths."""
    for path, value in values.items():
        if isinstance(value, str) and _is_persons(path) and _is_name(value):
            yield " ".join(value.split())


def _is_persons(path: str) -> bool:
    words = [word.lower() for word in _WORD.findall(path)]
    own = [word.lower() for word in _WORD.findall(path.rpartition(".")[2])]
    says = bool(own) and (own[-1] in _PERSON or bool(_BY.search(" ".join(own))))
    return says and _THING.isdisjoint(words)


def _is_name(value: str) -> bool:
    short = len(value) <= _LONGEST and len(value.split()) <= _MOST_WORDS
    return short and any(map(str.isalpha, value)) and not any(map(str.isdigit, value))
