"""What changed between two texts, to be read: whole lines, and inside a changed line its words."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

CONTEXT = 1
_WORDS = re.compile(r"\s+|\S+")


class Mark(StrEnum):
    """What happened to a stretch of text."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Stretch:
    """Words with one mark: same, added or removed."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Line:
    """A line with its mark; SKIPPED stands for equal lines that are left out."""

    mark: Mark
    parts: tuple[Stretch, ...]


def changes(old: str, new: str, context: int = CONTEXT) -> list[Line]:
    """The lines that differ, with `context` equal lines around them; nothing where the texts are equal."""
    before, after = old.splitlines(), new.splitlines()
    lines: list[Line] = []
    end = 0
    for group in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(context):
        if group[0][1] > end:
            lines.append(Line(Mark.SKIPPED, ()))
        end = group[-1][2]
        for kind, i1, i2, j1, j2 in group:
            lines.extend(_lines(kind, before[i1:i2], after[j1:j2]))
    if lines and end < len(before):
        lines.append(Line(Mark.SKIPPED, ()))
    return lines


def side_by_side(old: str, new: str, context: int = CONTEXT) -> list[tuple[Line | None, Line | None]]:
    """The same lines in two columns: what is only in `old` on the left, what is only in `new` on the right."""
    return [(_without(Mark.ADDED, line), _without(Mark.REMOVED, line)) for line in changes(old, new, context)]


def _without(mark: Mark, line: Line) -> Line | None:
    if line.mark == mark:
        return None
    return Line(line.mark, tuple(part for part in line.parts if part.mark != mark))


def _lines(kind: str, before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    if kind == "equal":
        yield from (_whole(Mark.SAME, text) for text in before)
    elif kind == "replace" and len(before) == len(after):
        yield from (_changed(old, new) for old, new in zip(before, after, strict=True))
    else:
        yield from (_whole(Mark.REMOVED, text) for text in before)
        yield from (_whole(Mark.ADDED, text) for text in after)


def _whole(mark: Mark, text: str) -> Line:
    return Line(mark, (Stretch(mark, text),))


def _changed(old: str, new: str) -> Line:
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    parts = []
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(Stretch(Mark.SAME, "".join(before[i1:i2])))
            continue
        if i2 > i1:
            parts.append(Stretch(Mark.REMOVED, "".join(before[i1:i2])))
        if j2 > j1:
            parts.append(Stretch(Mark.ADDED, "".join(after[j1:j2])))
    return Line(Mark.CHANGED, tuple(parts))
