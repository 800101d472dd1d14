"""Takes personal data out of what may leave the machine, and puts it back into the answer.

The kinds that have a structure: e-mail, phone, card, IBAN, IP address, address of a page with a token in it. The same
value is the same placeholder throughout a conversation, since all its lines are read in their order.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

import phonenumbers

PLACEHOLDER = re.compile(r"\[(?:EMAIL|PHONE|CARD|IBAN|IP|URL)_\d+\]")

_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
_URL = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'()\[\]{}]+", re.I)
_CARD = re.compile(r"(?<![\w-])\d(?:[ -]?\d){11,18}(?![\w-])")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b", re.I)
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.I)
_TOKEN = re.compile(r"(?=[^/]*\d)(?=[^/]*[A-Za-z])[\w-]{16,}")
_ABROAD = re.compile(r"(?<!\w)\+\d{1,3}(?:[\s()./-]{0,2}\d){7,12}(?!\w)")
_PHONE_LIKE = re.compile(r"\d(?:[\s()./-]*\d){6}")
# Where a number without its country's prefix may be from, by the customer's region, else by their language.
_COUNTRIES = {
    "UK": ("GB",),
    "US": ("US",),
    "EU": ("DE", "FR", "ES", "NL", "IT", "AT", "IE"),
    "de": ("DE", "AT", "CH"),
    "es": ("ES", "MX"),
    "fr": ("FR", "BE"),
    "it": ("IT",),
    "nl": ("NL", "BE"),
    "pl": ("PL",),
    "pt": ("PT", "BR"),
    "en": ("US", "GB", "IE"),
}


class Span(NamedTuple):
    """A piece of personal data; `end` is excluded."""

    start: int
    end: int
    kind: str


class Redactor:
    """The placeholders of one conversation. Read all its lines first, in their order, then redact and restore."""

    def __init__(self, lines: Iterable[str], *, language: str = "en", region: str = "") -> None:
        self._countries = _countries(language.partition("-")[0], region)
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}
        texts = list(lines)
        self._written = {match for text in texts for match in PLACEHOLDER.findall(text)}
        for text in texts:
            self.redact(text)

    def redact(self, text: str) -> str:
        """`text` with a placeholder for each piece of personal data."""
        parts, at = [], 0
        for span in find(text, self._countries):
            parts += [text[at : span.start], self._placeholder(span.kind, text[span.start : span.end])]
            at = span.end
        return "".join([*parts, text[at:]])

    def restore(self, text: str) -> str:
        """`text` with the values that its placeholders stand for; a placeholder we never gave stays as it is."""
        return PLACEHOLDER.sub(lambda match: self._values.get(match.group(), match.group()), text)

    def knows(self, placeholder: str) -> bool:
        """Whether this conversation has such a placeholder."""
        return placeholder in self._values

    @property
    def counts(self) -> dict[str, int]:
        """How many different values were taken out, by kind."""
        kinds = [kind for kind, _ in self._placeholders]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, _same(kind, value))
        if key not in self._placeholders:
            number = 1 + sum(known == kind for known, _ in self._placeholders)
            while (name := f"[{kind}_{number}]") in self._written or name in self._values:
                number += 1
            self._placeholders[key] = name
            self._values[name] = value
        return self._placeholders[key]


def _countries(language: str, region: str) -> tuple[str, ...]:
    own = _COUNTRIES.get(region) or ((region,) if region in phonenumbers.SUPPORTED_REGIONS else ())
    return own or _COUNTRIES.get(language) or ("US",)


def find(text: str, countries: Iterable[str] = ("US",)) -> list[Span]:
    """The pieces of personal data in `text`, in their order; where two overlap, the more certain kind has it."""
    taken: list[Span] = []
    for span in _candidates(text, countries):
        if all(span.end <= other.start or span.start >= other.end for other in taken):
            taken.append(span)
    return sorted(taken)


def _candidates(text: str, countries: Iterable[str]) -> Iterator[Span]:
    yield from (
        Span(m.start(), m.start() + len(u), "URL") for m in _URL.finditer(text) if (u := _secret_url(m.group()))
    )
    yield from (Span(*m.span(), "EMAIL") for m in _EMAIL.finditer(text))
    if not any(sign.isdigit() for sign in text) and ":" not in text:
        return
    yield from (Span(*m.span(), "IBAN") for m in _IBAN.finditer(text) if _is_iban(m.group()))
    yield from (Span(*m.span(), "CARD") for m in _CARD.finditer(text) if _is_card(m.group()))
    yield from (Span(*m.span(), "IP") for m in (*_IPV4.finditer(text), *_IPV6.finditer(text)) if _is_ip(m.group()))
    if _PHONE_LIKE.search(text):
        yield from _phones(text, countries)
        yield from (Span(*m.span(), "PHONE") for m in _ABROAD.finditer(text))


def _phones(text: str, countries: Iterable[str]) -> Iterator[Span]:
    for country in countries:
        for match in phonenumbers.PhoneNumberMatcher(text, country):
            before = text[match.start - 1 : match.start]
            if not (before.isalnum() or before in ("-", "#", "_")):
                yield Span(match.start, match.end, "PHONE")


def _secret_url(url: str) -> str:
    """The address without the sentence's own punctuation, empty where nothing in it looks like a token."""
    url = url.rstrip(".,;:!?")
    try:
        parts = urlsplit(url if "//" in url else "//" + url)
    except ValueError:  # no host can be read: rather one address too many
        return url
    secret = parts.query or "=" in parts.fragment or "@" in parts.netloc or _TOKEN.search(parts.path)
    return url if secret else ""


def _is_card(digits: str) -> bool:
    numbers = [int(sign) for sign in digits if sign.isdigit()]
    doubled = [n if i % 2 == 0 else n * 2 - 9 * (n > 4) for i, n in enumerate(reversed(numbers))]
    return sum(doubled) % 10 == 0 and len(set(numbers)) > 1


def _is_iban(text: str) -> bool:
    code = text.replace(" ", "").upper()
    if not 15 <= len(code) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in code[4:] + code[:4])) % 97 == 1


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return len(text) > 3


def _same(kind: str, value: str) -> str:
    """What makes two writings of a value one: digits for a number, lower case for an address."""
    if kind in ("CARD", "PHONE"):
        return "".join(sign for sign in value if sign.isdigit())
    return value.replace(" ", "").upper() if kind == "IBAN" else value if kind == "URL" else value.lower()
