"""Card and account numbers, told by their checksums; near a word for them also with a slip of the pen."""

import re
from collections.abc import Iterator
from typing import Final

from supportsite.redaction.span import Kind, Span

_CARD: Final = re.compile(r"(?<![\w+-])(?<!\d\.)\d(?:[ .\u00a0-]{0,2}\d){11,18}(?![\w-]|\.\d)")
_FOURS: Final = re.compile(r"(?<!\d)\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?!\d)")
# As it is printed, with whatever between its groups.
_GROUPED: Final = re.compile(
    r"(?<!\d)(?:\d{4}(?P<sign> ?(?:[^\w\s]|_) ?)\d{4}(?P=sign)\d{4}(?P=sign)\d{4}|"
    r"\d{4}(?P<other> ?(?:[^\w\s]|_) ?)\d{6}(?P=other)\d{5})(?!\d)"
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}[ -]?\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b", re.I)
_CARD_WORD: Final = re.compile(
    r"\b(?:card|credit|debit|visa|master\s?card|amex|karte|kreditkarte|tarjeta|carte|carta|cartão|kaart|karta)", re.I
)
_IBAN_WORD: Final = re.compile(r"\biban\b", re.I)
_NEAR: Final = 40  # characters before a number in which the word for it may stand


def find(text: str) -> Iterator[Span]:
    """The numbers in `text`."""
    for match in _IBAN.finditer(text):
        if end := _iban_end(match.group()):
            yield Span(match.start(), match.start() + end, Kind.IBAN)
        elif sum(map(str.isdigit, match.group())) > 8 and _before(_IBAN_WORD, text, match.start()):
            yield Span(*match.span(), Kind.IBAN)
    yield from (Span(*match.span(), Kind.CARD) for match in _GROUPED.finditer(text) if _has_luhn(match.group()))
    for match in _CARD.finditer(text):
        if _has_luhn(match.group()) and sum(map(str.isdigit, match.group())) > 12:
            yield Span(*match.span(), Kind.CARD)
        elif (inner := _FOURS.search(match.group())) and _has_luhn(inner.group()):  # beside other figures
            yield Span(match.start() + inner.start(), match.start() + inner.end(), Kind.CARD)
        elif _before(_CARD_WORD, text, match.start()):
            yield Span(*match.span(), Kind.CARD)


def is_card(text: str) -> bool:
    """Whether the digits of `text` are a card's number."""
    return 12 <= sum(map(str.isdigit, text)) <= 19 and _has_luhn(text)


def _before(word: re.Pattern[str], text: str, at: int) -> bool:
    return bool(word.search(text, max(0, at - _NEAR), at))


def _has_luhn(text: str) -> bool:
    return luhn(digits := [int(sign) for sign in text if sign.isdigit()]) and len(set(digits)) > 1


def luhn(digits: list[int]) -> bool:
    """The checksum of cards, and of some countries' ids."""
    doubled = [n if i % 2 == 0 else n * 2 - 9 * (n > 4) for i, n in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _iban_end(text: str) -> int:
    """How far the account number goes: a word of the sentence may follow it without a stop. 0: it is none."""
    for cut in re.finditer(r"$|(?=[ -])", text):
        if is_iban(text[: cut.start()]):
            return cut.start()
    return 0


def is_iban(text: str) -> bool:
    """Whether an account number has its right length and checksum."""
    code = re.sub(r"[ -]", "", text).upper()
    if not (15 <= len(code) <= 34 and code.isascii()):
        return False
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1
