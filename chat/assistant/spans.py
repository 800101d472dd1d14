"""A text as the sentences, list items and table rows that it can be quoted by, in their order."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from chat.assistant import words

_END: Final = re.compile(r"(?:[.!?…]+|[。！？]+)[\"”’»“)\]]*(?=\s|$|(?<=[。！？]))")
_ABBREVIATION: Final = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|no|nr|art|approx|incl|excl|mr|mrs|ms|dr|st|p\.m|a\.m|z\.\s?b|d\.\s?h|u\.\s?a|bzw|ca|ggf"
    r"|inkl|zzgl|usw|max|min|tel|p\.\s?ej|sr|sra|ud|uds|pág|núm|av|env|ex|m|mme)|(?<![^\W\d_])[^\W\d_]|(?:^|\s)\d{1,2})\.$",
    re.I,
)
_LONGEST_ABBREVIATION: Final = 12  # characters, with the space or the like before it
_CLOSING: Final = '"”’»“)]'
_TWO_WORDS: Final = re.compile(r"\s*\S+\s+\S")
_NEXT: Final = re.compile(r"\s*(\S?)")
_ENDS: Final = (".", "!", "?", "。", "…")
_REFERENCE: Final = re.compile(r"\s*[;,(–]\s*(?:see|siehe|vea|véase|consulte|voir)\s[^;]*$", re.I)
_SHORT: Final = 130  # characters of a line that may be an item of a list
# What an article says to a model rather than to a reader is neither shown to one nor quoted.
_FOR_A_MODEL: Final = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instructions?|prompts?|rules|above|previous)\b"
    r"|\bsystem prompt\b|\byou are (?:now|an? (?:ai|assistant|chatbot|language model))\b|\bas an ai\b"
    r"|\b(?:ignoriere|vergiss)\b.{0,40}\b(?:anweisung|regeln|oben)|\b(?:ignora|olvida)\b.{0,40}\binstrucciones\b"
    r"|\b(?:ignore[zr]?|oublie[zr]?)\b.{0,40}\binstructions\b|<\|?(?:im_start|system|assistant|/?s|endoftext)\b",
    re.I,
)


@dataclass(frozen=True)
class Span:
    """A quotable piece: a sentence, an item of a list or a row of a table. `line` is its paragraph's place."""

    text: str
    line: int
    stems: frozenset[str]
    is_row: bool = False
    is_item: bool = False

    def said(self, heading: str) -> str:
        """How it is quoted by itself: an item of a list means nothing, or the opposite, without its heading."""
        if self.is_row:
            return _row_said(self.text)
        whole = _REFERENCE.sub("", self.text)
        text = whole if whole.endswith(_ENDS) else whole.rstrip(":;,") + "."
        return f"{heading.rpartition(' › ')[2]}: {text}" if self.is_item and heading else text


def split(text: str) -> list[str]:
    """The sentences of one paragraph; a "Yes." by itself goes with the next."""
    found, at = [], 0
    for end in _END.finditer(text):
        long_enough = _TWO_WORDS.match(text, at, end.end()) or end.end() == len(text)
        if long_enough and ends_here(text, end.end(), end.end(), begin=at):
            found.append(text[at : end.end()].strip())
            at = end.end()
    return [sentence for sentence in [*found, text[at:].strip()] if sentence]


def ends_here(text: str, end: int, following: int, *, begin: int = 0) -> bool:
    """Whether a sentence that began at `begin` ends at `end`, behind a full stop or the like.

    What comes next begins at `following`. It looks at a few characters on either side, however long the text is.
    """
    comes = _NEXT.match(text, following)
    if comes and comes[1].islower() and text[end - 1] not in "!?":
        return False
    while end > begin and text[end - 1] in _CLOSING:
        end -= 1
    return not _ABBREVIATION.search(text[max(begin, end - _LONGEST_ABBREVIATION) : end])


@lru_cache(maxsize=1024)
def spans(text: str, language: str) -> tuple[Span, ...]:
    """The quotable pieces of a section's plain text."""
    lines = [line.strip() for line in visible(text).split("\n") if line.strip()]
    found: list[Span] = []
    for number, line in enumerate(lines):
        row, item = is_row(line), _is_item(lines, number)
        pieces = [line] if row or item else split(line)
        found += [Span(piece, number, words.content(piece, language), row, item) for piece in pieces]
    return tuple(found)


def visible(text: str) -> str:
    """`text` without the paragraphs that speak to a model."""
    lines = text.split("\n")
    return "\n".join(line for line in lines if not _FOR_A_MODEL.search(line)) if _FOR_A_MODEL.search(text) else text


def speaks_to_a_model(text: str) -> bool:
    """Whether `text` tries to tell a model what to do."""
    return bool(_FOR_A_MODEL.search(text))


def weights(pieces: Sequence[Span]) -> dict[str, float]:
    """How much a stem tells the pieces apart: 1 for one that only a piece has, towards 0 for one that all have."""
    counts: dict[str, int] = {}
    for piece in pieces:
        for one in piece.stems:
            counts[one] = counts.get(one, 0) + 1
    total = len(pieces) + 1
    return {one: 1 - (count / total) ** 1.5 for one, count in counts.items()}


def _row_said(row: str) -> str:
    """`Way: Phone; Monday: 8–18; Saturday: 9–13.` as `Phone: Monday 8–18; Saturday 9–13.`"""
    (_, first), *rest = [cell.split(": ", 1) for cell in row.rstrip(".").split("; ")]
    if len(rest) == 1:
        head, value = rest[0]
        return f"{first}: {value}." if len(head.split()) < 3 else f"{first}: {value} ({head})."
    return f"{first}: " + "; ".join(f"{head} {value}" for head, value in rest) + "."


def _is_item(lines: Sequence[str], number: int) -> bool:
    """Whether a line stands in a list: short, and next to another short one."""

    def short(at: int) -> bool:
        return (
            0 <= at < len(lines) and len(lines[at]) <= _SHORT and not is_row(lines[at]) and len(split(lines[at])) <= 2
        )

    return short(number) and (short(number - 1) or short(number + 1))


def is_row(line: str) -> bool:
    """Whether a line is a row of a table, as `knowledge.split` writes it: `Way: Phone; Monday: 8–18.`"""
    cells = line.rstrip(".").split("; ")
    return len(cells) > 1 and all(": " in cell for cell in cells)
