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
# As it is printed, wherever: beside letters, over a line's end, with different signs between its groups, or in one.
_BETWEEN: Final = r"\s{0,3}(?:(?:[^\w\s]|_){1,3}\s{0,3})?"
_PRINTED: Final = re.compile(
    rf"(?<![\d+])(?<!\d[.,])(?:\d{{4}}{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}|"
    rf"\d{{4}}{_BETWEEN}\d{{6}}{_BETWEEN}\d{{4,5}}|\d{{13}}|\d{{19}})(?!\d)"
)
# How a card's number begins, by its length: no year, and few order numbers.
ISSUED: Final = {
    16: re.compile(r"4|5[1-5]|2(?:2[2-9]|[3-6]|7[01])|6(?:011|4[4-9]|5|2)|35[2-8]"),
    15: re.compile(r"3[47]"),
    14: re.compile(r"3(?:0[0-5]|[68])"),
}
# Maestro, and lengths that few cards have: too many for numbers that are put together of pieces.
_SELDOM: Final = {19: re.compile(r"4|6"), 16: re.compile(r"5[06-8]|6[0379]"), 13: re.compile(r"4")}
# An account, with up to two signs between any two of its own: its checksum tells, and its country where it ends.
_ACCOUNT: Final = re.compile(r"(?:(?<=iban)|(?<![^\W_]))[A-Z][\W_]{0,2}[A-Z][\W_]{0,2}\d[\W_]{0,2}\d", re.I)
_SIGN: Final = re.compile(r"[\W_]{0,2}([A-Za-z0-9])")
# With a slip of the pen: no checksum tells where it ends.
_SLIP: Final = re.compile(
    r"(?:(?<=iban)|(?<![^\W_]))[A-Z]{2}[ ./_-]{0,2}\d{2}"
    r"(?:[ ./_-]{0,2}[A-Z0-9]{4}){2,7}(?:[ ./_-]{0,2}[A-Z0-9]{1,3})?\b",
    re.I,
)
# How long an account's number is, by its country.
ACCOUNTS: Final = {
    code: length
    for length, codes in {
        15: "NO", 16: "BE", 18: "DK FI NL FO GL FK SD", 19: "MK SI", 20: "AT BA EE LT LU XK MN", 21: "CH HR LI LV",
        22: "BG DE GB GE IE ME RS BH CR VA", 23: "AE GI IL IQ OM SO TL", 24: "AD CZ ES MD PK RO SA SE SK TN VG",
        25: "PT LY ST", 26: "IS TR", 27: "FR GR IT MC SM BI DJ", 28: "AL AZ CY DO GT HU LB PL BY NI HN",
        29: "BR EG PS QA UA", 30: "JO KW MU YE", 31: "MT SC", 32: "LC", 33: "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip
_LEAST_DIGITS: Final = 8  # of an account: else it is a sentence that begins with "at 10"
_CARD_WORD: Final = re.compile(
    r"\b(?:card|credit|debit|visa|master\s?card|amex|karte|kreditkarte|tarjeta|carte|carta|cartão|kaart|karta)", re.I
)
_IBAN_WORD: Final = re.compile(r"iban", re.I)
_NEAR: Final = 40  # characters before a number in which the word for it may stand


def find(text: str) -> Iterator[Span]:
    """The numbers in `text`."""
    for match in _ACCOUNT.finditer(text):
        if end := _account_end(text, match.start()):
            yield Span(match.start(), end, Kind.IBAN)
    for match in _SLIP.finditer(text):
        if sum(map(str.isdigit, match.group())) > _LEAST_DIGITS and _before(_IBAN_WORD, text, match.start()):
            yield Span(match.start(), match.end() - _behind_digits(match.group()), Kind.IBAN)
    yield from (Span(*match.span(), Kind.CARD) for match in _PRINTED.finditer(text) if _is_issued(match.group()))
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


def _is_issued(text: str) -> bool:
    """Whether the digits of `text` begin as an issuer's do and have a card's checksum."""
    digits = "".join(filter(str.isdigit, text))
    forms = (table.get(len(digits)) for table in (ISSUED, _SELDOM))
    return any(form and form.match(digits) for form in forms) and _has_luhn(digits)


def _before(word: re.Pattern[str], text: str, at: int) -> bool:
    return bool(word.search(text, max(0, at - _NEAR), at))


def _has_luhn(text: str) -> bool:
    return luhn(digits := [int(sign) for sign in text if sign.isdigit()]) and len(set(digits)) > 1


def luhn(digits: list[int]) -> bool:
    """The checksum of cards, and of some countries' ids."""
    doubled = [n if i % 2 == 0 else n * 2 - 9 * (n > 4) for i, n in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _account_end(text: str, start: int) -> int:
    """Where the account number ends that begins at `start`; 0: it is none."""
    signs, at = "", start
    length = 0
    while match := _SIGN.match(text, at):
        signs, at = signs + match[1].upper(), match.end()
        if len(signs) == 2 and not (length := ACCOUNTS.get(signs, 0)):
            return 0
        if len(signs) == length:
            ends = not text[at : at + 1].isdigit() and sum(map(str.isdigit, signs)) >= _LEAST_DIGITS
            return at if ends and is_iban(signs) else 0
    return 0


def _behind_digits(text: str) -> int:
    """How many signs there are behind the last digit: words of the sentence."""
    return next(at for at, sign in enumerate(reversed(text)) if sign.isdigit())


def is_iban(text: str) -> bool:
    """Whether an account number, with whatever between its groups, has its country's length and its checksum."""
    code = re.sub(r"[\W_]", "", text).upper()
    if not code.isascii() or len(code) != ACCOUNTS.get(code[:2]):
        return False
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1
