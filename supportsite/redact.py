"""Takes personal data out of what may leave the machine, and puts it back into the answer.

The same value is the same placeholder throughout a conversation, since all its lines are read in their order.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Final

import phonenumbers

from supportsite.redaction import find as finding
from supportsite.redaction import pieces, plain
from supportsite.redaction.span import Kind, Span

PLACEHOLDER: Final = re.compile(rf"\[(?:{'|'.join(Kind)})_\d+\]")
# Where a number without its country's prefix may be from, by the customer's region, else by their language.
_COUNTRIES: Final = {
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
_SHORTEST: Final = 3  # characters of a name, or of a part of one, that is looked for by itself
_SHORTEST_SYLLABIC: Final = 2  # where each is a syllable, as most Chinese and some Korean names have them
_SYLLABIC: Final = re.compile("[\u3041-\u30fa\u3400-\u9fff\uac00-\ud7a3]")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


class Redactor:
    """The placeholders of one conversation. Read all its lines first, in their order, then redact and restore.

    `said` are those of them that are the customer's own, None: all of them. `known` is personal wherever it stands,
    by its kind: what somebody vouched for.
    """

    def __init__(
        self,
        lines: Iterable[str],
        *,
        language: str = "en",
        region: str = "",
        orders: Sequence[str] = (),
        keep: Iterable[str] = (),
        said: Sequence[str] | None = None,
        known: Iterable[tuple[Kind, str]] = (),
    ) -> None:
        self._countries = countries(language, region)
        self._orders = tuple(orders)
        self._keep = frozenset(word.casefold() for word in keep)
        self._placeholders: dict[tuple[str, str], str] = {}
        self._given = Counter[str]()
        self._values: dict[str, str] = {}
        self._known: dict[str, tuple[str, str]] = {}
        self._parts: re.Pattern[str] | None = None
        self._done: dict[str, str] = {}
        texts = list(lines)
        self._written = {match for text in texts for match in PLACEHOLDER.findall(text)}
        self._know_of(list(known))
        found = [self._find(text) for text in texts]
        self._learn(texts, found, texts if said is None else said)
        for text in texts:
            self.redact(text)

    def redact(self, text: str) -> str:
        """`text` with a placeholder for each piece of personal data."""
        if text not in self._done:
            self._done[text] = self._redacted(text)
        return self._done[text]

    def has_done(self, text: str) -> bool:
        """Whether `text` has been redacted, so that it takes no time to do it again."""
        return text in self._done

    def _redacted(self, text: str) -> str:
        parts, at = [], 0
        for span in self._all(text):
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
        return dict(sorted(self._given.items()))

    @property
    def values(self) -> dict[str, str]:
        """What each placeholder stands for."""
        return dict(self._values)

    def _find(self, text: str) -> tuple[Span, ...]:
        return _found(text, self._countries, self._orders, self._keep)

    def _all(self, text: str) -> Sequence[Span]:
        """What is found by itself, and what is known from other lines of the conversation."""
        found, known = self._find(text), self._known_in(text)
        in_pieces = [span for span in known if span.kind != Kind.NAME]
        return finding.apart([*in_pieces, *found, *known]) if known else found

    def _known_in(self, text: str) -> list[Span]:
        key, read = _plain(text), plain.of(text)
        there = sorted((written for known, (_, written) in self._known.items() if known in key), key=len, reverse=True)
        parts = [Span(*match.span(), Kind.NAME) for match in self._parts.finditer(read.text)] if self._parts else []
        if not there:
            return read.back(parts)
        matches = re.finditer("|".join(map(_anywhere, there)), read.text, re.I)
        found = [Span(*match.span(), one[0]) for match in matches if (one := self._known.get(_plain(match.group())))]
        return read.back([*found, *parts])

    def _learn(self, texts: Sequence[str], found: Sequence[Sequence[Span]], said: Sequence[str]) -> None:
        """Names said once are found wherever they are said again; so are the pieces of a number."""
        for text, spans in zip(texts, found, strict=True):
            for span in spans:
                if span.kind == Kind.NAME:
                    self._know(text[span.start : span.end], Kind.NAME)
        for kind, piece in pieces.find([plain.of(text).text for text in said], self._countries):
            self._know(piece, kind)

    def _know_of(self, known: Sequence[tuple[Kind, str]]) -> None:
        """What was vouched for; of a name its words too, written as a name and not as "will" is in a sentence."""
        parts: set[str] = set()
        for kind, value in known:
            if kind != Kind.NAME:
                self._know(value, kind)
            elif _is_long(value):
                self._know(value, kind)
                parts |= {
                    form
                    for word in _WORD.findall(plain.of(value).text)
                    for form in (word[:1].upper() + word[1:], word.upper())
                }
            if kind == Kind.NAME and _SYLLABIC.search(value):
                self._know_syllables(value)
        if long := sorted((part for part in parts if len(part) >= _SHORTEST), key=len, reverse=True):
            self._parts = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, long))})(?!\w)")

    def _know_syllables(self, name: str) -> None:
        """The words of a name that stand in sentences without a space around them, and all of it without spaces."""
        words = name.split()
        for one in ("".join(words), *words):
            if _SYLLABIC.search(one) and _is_long(one):
                self._know(one, Kind.NAME)

    def _know(self, value: str, kind: str) -> None:
        self._known.setdefault(_plain(value), (kind, plain.of(value).text))

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, _same(kind, value))
        if key not in self._placeholders:
            number = 1 + self._given[kind]
            while (name := f"[{kind}_{number}]") in self._written or name in self._values:
                number += 1
            self._given[kind] += 1
            self._placeholders[key] = name
            self._values[name] = value
        return self._placeholders[key]


def countries(language: str, region: str) -> tuple[str, ...]:
    """Where a customer's phone number may be from, as two letters each."""
    own = _COUNTRIES.get(region) or ((region,) if region in phonenumbers.SUPPORTED_REGIONS else ())
    return own or _COUNTRIES.get(language.partition("-")[0]) or ("US",)


def find(text: str, countries: Collection[str] = ("US",)) -> list[Span]:
    """The pieces of personal data in `text`, in their order; where two overlap, the more certain kind has it."""
    return finding.find(text, countries)


@lru_cache(maxsize=2048)
def _found(text: str, countries: tuple[str, ...], orders: tuple[str, ...], keep: frozenset[str]) -> tuple[Span, ...]:
    """What is found in a text, once: every turn of a conversation reads all its lines again."""
    return tuple(finding.find(text, countries, orders=orders, keep=keep))


def _plain(value: str) -> str:
    return " ".join(plain.of(value).text.casefold().split())


def _is_long(name: str) -> bool:
    """Whether a name is long enough to be looked for in every word."""
    return len(_plain(name)) >= (_SHORTEST_SYLLABIC if _SYLLABIC.search(name) else _SHORTEST)


def _anywhere(written: str) -> str:
    """An expression for a value that is known; in a script without spaces it has no edges."""
    form = r"\s+".join(map(re.escape, written.split()))
    return form if plain.is_unspaced(written) else rf"(?<!\w){form}(?!\w)"


def _same(kind: str, value: str) -> str:
    """What makes two writings of a value one: digits for a number, letters in one case for the rest."""
    if kind == Kind.URL:
        return value
    value = plain.of(value).text
    if kind in (Kind.CARD, Kind.PHONE, Kind.NUMBER):
        return "".join(sign for sign in value if sign.isdigit())
    if kind == Kind.ORDER:
        return "".join(sign for sign in value.casefold() if sign.isalnum())
    return "".join(value.casefold().split())
