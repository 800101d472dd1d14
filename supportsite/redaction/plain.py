"""A text as the rules read it: each sign in its usual writing, nothing invisible, figures apart from other scripts.

A tab is a space: a number pasted from a table has them between its groups.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from supportsite.redaction.span import Span


def _caseless() -> str:
    """Letters and vowel signs, no figures, of the scripts from Hebrew to Burmese that know no capitals."""
    signs = map(chr, range(0x590, 0x1100))
    return "".join(s for s in signs if unicodedata.category(s)[0] in "LM" and s.lower() == s.upper())


# For use inside brackets. Beside these: Khmer, kana, Han, Hangul.
CASELESS: Final = (
    _caseless() + "\u1780-\u17d3\u3005\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
)
_CASELESS: Final = re.compile(f"[{CASELESS}]")
_UNSPACED: Final = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17d3\u3041-\u30fa\u3400-\u9fff\uac00-\ud7a3]")
# What joins two signs, says in which direction they run, or may break a word, and is not seen.
_UNSEEN: Final = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# "手机138…": for an expression a letter and a figure are one word, whatever their scripts.
_EDGE: Final = re.compile(rf"(?<=[{CASELESS}])(?=[\dA-Za-z+(])|(?<=[\dA-Za-z])(?=[{CASELESS}])")
_MOST: Final = 4  # signs that one may become; there is one that would be eighteen
_JAMO: Final = "\u1160", "\u11ff"  # Korean vowels and ends of syllables, written one by one


@dataclass(frozen=True)
class Plain:
    """`text` for the rules; sign n of it is what stands from `starts[n]` to `ends[n]` in the text as it was written."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def back(self, spans: Iterable[Span]) -> list[Span]:
        """Where `spans` of `text` are in the text as it was written."""
        return [Span(self.starts[span.start], self.ends[span.end - 1], span.kind) for span in spans]


def of(text: str) -> Plain:
    """`text` for the rules; most texts are themselves."""
    text = text.replace("\t", " ")  # one sign for one: places stay
    if text.isascii() or not (
        _EDGE.search(text) or _UNSEEN.search(text) or not unicodedata.is_normalized("NFKC", text)
    ):
        return Plain(text, range(len(text)), range(1, len(text) + 1))
    return _copied(text)


@lru_cache(maxsize=64)
def _copied(text: str) -> Plain:
    signs, starts, ends = [], list[int](), list[int]()
    for sign, start, end in _signs(text):
        signs.append(sign)
        starts.append(start)
        ends.append(end)
    return _with_edges(Plain("".join(signs), starts, ends))


def has_caseless(text: str) -> bool:
    """Whether there is a letter of a script that knows no capitals."""
    return not text.isascii() and bool(_CASELESS.search(text))


def is_unspaced(text: str) -> bool:
    """Whether `text` is of a script that writes no spaces between words, or joins endings to a name (Korean)."""
    return bool(_UNSPACED.search(text))


def _signs(text: str) -> Iterator[tuple[str, int, int]]:
    """The signs in their usual writing, each with where what it was made of begins and ends."""
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and (unicodedata.combining(text[end]) or _JAMO[0] <= text[end] <= _JAMO[1]):
            end += 1
        usual = unicodedata.normalize("NFKC", seen := _UNSEEN.sub("", text[start:end]))
        yield from ((sign, start, end) for sign in (usual if len(usual) <= _MOST * len(seen) else seen))
        start = end


def _with_edges(plain: Plain) -> Plain:
    """With a space where a script without capitals meets figures or Latin letters."""
    parts, starts, ends, at = [], list[int](), list[int](), 0
    for edge in (*(match.start() for match in _EDGE.finditer(plain.text)), len(plain.text)):
        parts.append(plain.text[at:edge])
        starts += plain.starts[at:edge]
        ends += plain.ends[at:edge]
        if edge < len(plain.text):
            parts.append(" ")
            starts.append(plain.starts[edge])
            ends.append(plain.starts[edge])
        at = edge
    return Plain("".join(parts), starts, ends)
