"""A model's stream of pieces to whole sentences, each with the sections that it cites."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chat.assistant import spans

LONGEST: Final = 2000  # characters of what is still a sentence
SLICE: Final = 256  # characters of a piece that are looked at before what they completed is given
NO_ANSWER: Final = "NO_ANSWER"  # what a model writes, alone, where the sections do not answer

_CITATION: Final = re.compile(r"\s*\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]")
_HALF_CITATION: Final = re.compile(r"^\s*\[[\d,\s]*$")
_STOP: Final = re.compile(r"(?:[.!?…]+|[。！？]+)[\"”’»“)]*")
_MARKS: Final = re.compile(r"^\s*(?:[-*•]\s+|#{1,6}\s+|\d{1,2}[.)]\s+)|\*\*|__|`")


@dataclass(frozen=True)
class Draft:
    """A sentence as a model wrote it, without its marks; `cited` are the numbers it gave."""

    text: str
    cited: tuple[int, ...]
    opens_line: bool


class Drafts:
    """Takes a stream piece by piece, and gives a sentence once it is certain where it ends.

    A piece can be a megabyte: it is looked at slice by slice, and no further than the sentences that are asked for.
    """

    def __init__(self) -> None:
        self._rest = ""
        self._seen = 0  # up to where no sentence of `_rest` ends
        self._opens_line = False

    def feed(self, piece: str) -> Iterator[Draft]:
        """The sentences that `piece` completes. Raises ValueError where one has no end."""
        for at in range(0, len(piece), SLICE):
            self._rest += piece[at : at + SLICE]
            yield from self._take(final=False)
            if len(self._rest) > LONGEST:
                raise ValueError(f"{len(self._rest)} characters without the end of a sentence")

    def finish(self, *, whole: bool) -> list[Draft]:
        """What is left when the stream has ended; a sentence that was cut off is left out unless it is `whole`."""
        found = list(self._take(final=True))
        if whole and self._rest.strip():
            found += self._draft(self._rest)
        self._rest, self._seen = "", 0
        return found

    def _take(self, *, final: bool) -> Iterator[Draft]:
        while (end := self._end(final=final)) is not None:
            found = self._draft(self._rest[:end])
            self._opens_line = self._rest[:end].endswith("\n")
            self._rest, self._seen = self._rest[end:], 0
            yield from found

    def _end(self, *, final: bool) -> int | None:
        """Where the first sentence ends, its citations included; None while that is not yet certain."""
        newline = self._rest.find("\n", len(self._rest) - len(self._rest.lstrip("\n")))
        for stop in _STOP.finditer(self._rest, self._seen):
            if 0 <= newline < stop.start():
                break
            end = stop.end()
            while citation := _CITATION.match(self._rest, end):
                end = citation.end()
            rest = self._rest[end:]
            if not final and (not rest.strip(" ") or _HALF_CITATION.match(rest)):
                self._seen = stop.start()
                return None
            follows = rest[:1].isspace() or not rest or end > stop.end() or stop.group()[0] in "。！？"
            if follows and spans.ends_here(self._rest, stop.end(), end):
                return end
            self._seen = stop.end()
        return newline + 1 if newline >= 0 else None

    def _draft(self, raw: str) -> list[Draft]:
        cited = [int(n) for numbers in _CITATION.findall(raw) for n in numbers.split(",")]
        text = _MARKS.sub("", _CITATION.sub("", raw)).strip()
        return [Draft(text, tuple(dict.fromkeys(cited)), self._opens_line or "\n" in raw[:1])] if text else []
