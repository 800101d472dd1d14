"""The words of a text that carry meaning, and when two of them are one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chat.assistant import words
from chat.assistant.synonyms import LIGHT, lines_of
from knowledge.stop_words import STOP_WORDS

_PAUSES: Final = frozenset(",;:!?()–—.-،؛؟")
_PAUSE: Final = re.compile(r"((?<=\s)[–—-](?=\s)|[,;:!?–—.،؛؟](?=\s)|[()])")
_CAPITAL: Final = re.compile(r"\b[^\W\d_a-zà-ÿ][^\W\d_]+")
# "Check out" is not "check in", and "take-out" is one word.
_WAYS: Final = frozenset(("out", "off", "up", "down"))
_BOUND: Final = re.compile(r"\bup to(?=\s+[€$£]?\d)", re.I)  # `polarity` reads it
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])[-‑](?=[^\W\d_])")


@dataclass(frozen=True)
class Word:
    """A word with a meaning: its stem, its place among all words, and what stands before it, if no pause does.

    `part` is its place among the parts between colons, semicolons and full stops, `is_name`: it has a
    capital and does not need one there.
    """

    stem: str
    place: int
    part: int
    before: str
    opens: bool
    is_name: bool

    @property
    def is_figure(self) -> bool:
        """Whether it is a number."""
        return self.stem[0].isdigit()


@lru_cache(maxsize=8192)
def read(text: str, language: str) -> tuple[Word, ...]:
    """The words with a meaning in `text`, in their order; figures always are."""
    code = base(language)
    idle = (STOP_WORDS.get(code, frozenset()) | LIGHT.get(code, frozenset())) - _WAYS
    found: list[Word] = []
    place = 0
    capitals = {name.lower() for name in _CAPITAL.findall(text) if name[0].isupper()}
    part = 0
    for segment in _PAUSE.split(_HYPHEN.sub("", _BOUND.sub("", words.shortened(text)))):
        if segment in _PAUSES:
            part += segment not in ",،"
            continue
        before = ""
        for token in words.tokens(segment):
            stem = words.stem(token, code)
            if stem[0].isdigit() or (token not in idle and len(token) > 1):
                found.append(Word(stem, place, part, before, not before, bool(before) and token in capitals))
            before, place = token, place + 1
    return tuple(found)


@lru_cache(maxsize=8192)
def stems(text: str, language: str) -> frozenset[str]:
    """The same as their stems alone."""
    return frozenset(word.stem for word in read(text, language))


def figures(stems: frozenset[str]) -> frozenset[str]:
    """Those that are numbers."""
    return frozenset(stem for stem in stems if stem[0].isdigit())


def has(stem: str, stems: frozenset[str], language: str) -> bool:
    """Whether one of `stems` is the same word."""
    return stem in stems or any(same(stem, other, language) for other in stems)


@lru_cache(maxsize=65536)
def same(one: str, other: str, language: str) -> bool:
    """One stem, two forms of a word, or two words of one line of ours."""
    if one == other:
        return True
    if one[0].isdigit() or other[0].isdigit():
        return False
    if not lines_of(one, language).isdisjoint(lines_of(other, language)):
        return True
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) >= 4 and longer.startswith(shorter) and len(longer) - len(shorter) <= 3


def nearest(claim: str, parts: Sequence[str], language: str) -> str:
    """Of the `parts` of a text the one that has most of the claim's words; all of these where several have."""
    said = stems(claim, language)
    counts = [sum(has(stem, stems(part, language), language) for stem in said) for part in parts]
    return " ".join(part for part, count in zip(parts, counts, strict=True) if count == max(counts))


def base(language: str) -> str:
    """A language without its country."""
    return language.partition("-")[0].lower()
