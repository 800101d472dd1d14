"""Sentences that say how much: their figures, and the stems of what else they say."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .lexical import terms
from .quantities import Quantity, quantities
from .stop_words import STOP_WORDS

_END: Final = re.compile(r"(?<=[.!?…])[\"”’»)]*\s+(?=[^\Wa-zß-öø-ÿа-я_]|[\"“„«(¿¡])|(?<=[。！？])|\n")
# A row of a table (split.py) speaks of what its head and its other cells say.
_ROW: Final = re.compile(r"[^.;]*: [^;]*; .*: ")
_HYPHEN: Final = re.compile(r"(?<=[^\W\d_])[-‐‑](?=[^\W\d_])")
# What says how the days are counted, or on which side of a moment they lie, tells no two things apart.
# fmt: off
_COUNTING: Final = frozenset({
    "working", "business", "full", "calendar", "after", "before", "once", "within", "during", "until", "since", "per",
    "werktag", "werktage", "werktagen", "arbeitstag", "arbeitstage", "arbeitstagen", "innerhalb", "binnen", "seit",
    "bis", "nachdem", "bevor", "laborable", "laborables", "hábiles", "desde", "hasta", "después", "durante", "dentro",
    "ouvré", "ouvrés", "ouvrable", "ouvrables", "après", "avant", "depuis", "pendant", "durant", "jusqu",
})
# fmt: on


@dataclass(frozen=True)
class Statement:
    """A sentence, its figures, and the stems of its other words."""

    text: str
    figures: tuple[Quantity, ...]
    stems: frozenset[str]

    def spans(self, kind: str) -> list[tuple[float, float]]:
        """Its figures of a kind from the least to the most, a range as one."""
        ends: dict[tuple[int, int], list[float]] = {}
        for one in self.figures:
            if one.kind == kind:
                ends.setdefault((one.start, one.end), []).append(one.value)
        return [(min(values), max(values)) for values in ends.values()]

    def said(self, kind: str) -> str:
        """Its figures of a kind as they stand there."""
        return ", ".join(dict.fromkeys(one.written for one in self.figures if one.kind == kind))


@lru_cache(maxsize=4096)
def statements(text: str, language: str) -> tuple[Statement, ...]:
    """The sentences of a section's text that have figures; rows of tables are none."""
    sentences = map(str.strip, _END.split(unicodedata.normalize("NFC", text)))
    found = ((one, tuple(quantities(one, language))) for one in sentences if one and not _ROW.match(one))
    return tuple(Statement(one, figs, stems(_without(one, figs), language)) for one, figs in found if figs)


@lru_cache(maxsize=20_000)
def stems(text: str, language: str) -> frozenset[str]:
    """The stems of the words that tell what a text speaks of; check-in and check-out are a word each."""
    text = _HYPHEN.sub("", text)
    return frozenset(term for term in terms(text, language) if term[0] != "~") - _little(language.partition("-")[0])


@lru_cache(maxsize=32)
def _little(language: str) -> frozenset[str]:
    words = STOP_WORDS.get(language, frozenset()) | _COUNTING
    return frozenset(term for word in words for term in terms(word, language))


def _without(sentence: str, figures: tuple[Quantity, ...]) -> str:
    """The sentence with a gap in place of each figure."""
    for start, end in sorted({(one.start, one.end) for one in figures}, reverse=True):
        sentence = f"{sentence[:start]} {sentence[end:]}"
    return sentence
