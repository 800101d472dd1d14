"""The lines in chat/exemplars/ that what Tandem ships is fitted on; an owner may edit them (see the README there)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chat.signals.dialogue import Said

FOLDER: Final = Path(__file__).parents[1] / "exemplars"
_LABEL: Final = re.compile(r"\[(\w+)\]$")


@dataclass(frozen=True)
class Line:
    """One line of somebody, what it is an example of, and its language."""

    text: str
    label: str
    language: str


@dataclass(frozen=True)
class Dialogue:
    """A few lines of two sides, what they are an example of, and their language."""

    lines: tuple[Said, ...]
    label: str
    language: str


def lines(kind: str) -> list[Line]:
    """The lines of a kind, in every language. Raises ValueError where a line stands before any label."""
    return [
        Line(text, label, language) for language, label, block in _blocks(kind) for text in block.splitlines() if text
    ]


def dialogues(kind: str) -> list[Dialogue]:
    """The conversations of a kind; a blank line lies between two. Raises ValueError as `lines` does."""
    return [
        Dialogue(tuple(_said(line, language) for line in one.splitlines()), label, language)
        for language, label, block in _blocks(kind)
        for one in re.split(r"\n\s*\n", block)
        if one.strip()
    ]


def _said(line: str, language: str) -> Said:
    who, _colon, text = line.partition(": ")
    if who not in ("C", "A"):
        raise ValueError(f"{line!r}: expected C: or A: at the beginning")
    return Said(who == "C", text, language)


def _blocks(kind: str) -> Iterator[tuple[str, str, str]]:
    """Language, label, and what stands below it."""
    for file in sorted((FOLDER / kind).glob("*.txt")):
        found: dict[str, list[str]] = {}
        label = ""
        for line in file.read_text("utf-8").splitlines():
            if heading := _LABEL.match(line):
                label = heading.group(1)
            elif line and not label:
                raise ValueError(f"{file}: expected a label such as [neutral] before the first line")
            else:
                found.setdefault(label, []).append(line)
        yield from ((file.stem, name, "\n".join(below).strip("\n")) for name, below in found.items())
