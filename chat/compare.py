"""What a draft does to an answer: the two outcomes of a question, held against each other. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from .replay_rows import Change

ANSWERED = "answer"


@dataclass(frozen=True)
class Citation:
    """A section that an answer cites. `article` is the article's public id, `digest` names the section's text."""

    article: str
    version: int
    anchor: str
    digest: str
    title: str
    section: str
    url: str

    @property
    def place(self) -> tuple[str, str]:
        """Which section it is, whatever it says."""
        return self.article, self.anchor


@dataclass(frozen=True)
class Outcome:
    """How a question ended: `answered` is `answer`, `unknown`, `clarify`, `handoff` or `silence`."""

    answered: str
    text: str = ""
    citations: tuple[Citation, ...] = ()

    @property
    def is_answer(self) -> bool:
        """Whether the customer was told something."""
        return self.answered == ANSWERED

    def as_json(self) -> dict[str, Any]:
        """What `read` takes."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Self:
        """From what `as_json` gave."""
        return cls(stored["answered"], stored["text"], tuple(Citation(**one) for one in stored["citations"]))


class Mark(StrEnum):
    """What becomes of a citation."""

    KEPT = "kept"
    LOST = "lost"
    MOVED = "moved"
    REWRITTEN = "rewritten"
    GAINED = "gained"


def change(was: Outcome, becomes: Outcome) -> Change:
    """The gravest difference."""
    if was.is_answer != becomes.is_answer:
        return Change.LOST if was.is_answer else Change.ANSWERED
    before, after = marks(was.citations, becomes.citations, Mark.LOST), gained(was, becomes)
    if Mark.LOST in before:
        return Change.CITATION_LOST
    if was.text != becomes.text:
        return Change.CHANGED
    ordered = ((Mark.MOVED, Change.MOVED), (Mark.REWRITTEN, Change.REWRITTEN), (Mark.GAINED, Change.CITATION_GAINED))
    return next((found for mark, found in ordered if mark in (*before, *after)), Change.SAME)


def gained(was: Outcome, becomes: Outcome) -> list[Mark]:
    """The marks of the citations afterwards."""
    return marks(becomes.citations, was.citations, Mark.GAINED)


def marks(cited: Sequence[Citation], others: Iterable[Citation], alone: Mark) -> list[Mark]:
    """For each citation of one side whether the other side has it; `alone` is one that it has not."""
    there = {other.place: other for other in others}
    articles = {article for article, _anchor in there}
    return [_mark(one, there, articles, alone) for one in cited]


def _mark(one: Citation, there: Mapping[tuple[str, str], Citation], articles: set[str], alone: Mark) -> Mark:
    if other := there.get(one.place):
        rewritten = one.version != other.version and one.digest != other.digest
        return Mark.REWRITTEN if rewritten else Mark.KEPT
    return Mark.MOVED if one.article in articles else alone
