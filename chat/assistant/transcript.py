"""What the assistant is told of a conversation: its lines, and which of them the turn answers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from chat.assistant.doing.procedure import Standing
from chat.identity import Claims
from chat.sentences import Sentence, in_all
from supportsite.redaction.span import Kind

# Of a conversation, the latest: what is read of it at once, and how many lines more for personal data alone.
MOST_READ: Final = 32_000  # characters
LINES_BEFORE: Final = 400


# The question of who wrote last: at the end, or right before it: "Shall I explain how? [1]", "… Just say yes."
_ASKS: Final = re.compile(r"[?？؟].{0,30}\Z", re.S)
# Ours, which no yes answers.
_WHAT_ELSE: Final = (
    *in_all(Sentence.GREETING_REPLY), *in_all(Sentence.SMALL_TALK), *in_all(Sentence.LEFT),
)  # fmt: skip


class Role(StrEnum):
    """Who wrote a line; a note is a colleague's, meant for the assistant."""

    VISITOR = "visitor"
    ASSISTANT = "assistant"
    AGENT = "agent"
    NOTE = "note"


_TO_THEM: Final = (Role.ASSISTANT, Role.AGENT)


@dataclass(frozen=True)
class Line:
    """One message or note."""

    seq: int
    role: str
    text: str


@dataclass(frozen=True)
class Reply:
    """What a colleague replied to the assistant. `name` is theirs, `others` are colleagues': none of them is told."""

    text: str
    name: str
    others: tuple[str, ...]
    date: str


@dataclass(frozen=True)
class Transcript:
    """The lines of a case, oldest first. The turn answers the visitor's from `question_from` to `question_upto`.

    `before` was said in the conversation before these, in earlier cases too: it tells what is personal, nothing else.
    `customer` is who they are where the owner's server said so; `known` is personal wherever it is written. At
    `returned_at` the newest call for a person was taken back or handed back, 0 where none was.
    """

    conversation: str
    language: str
    region: str
    lines: tuple[Line, ...]
    question_from: int
    question_upto: int
    moods: tuple[float, ...] = ()
    unknowns: int = 0
    standing: Standing | None = None
    reply: Reply | None = None
    customer: Claims | None = None
    known: tuple[tuple[Kind, str], ...] = ()
    returned_at: int = 0
    before: tuple[Line, ...] = ()

    @property
    def question(self) -> str:
        """What is asked: the visitor's lines that the turn answers, one below the other."""
        return "\n".join(line.text for line in self._asked())

    @property
    def earlier_questions(self) -> list[str]:
        """The visitor's lines before the question."""
        return [line.text for line in self.lines if line.role == Role.VISITOR and line.seq < self.question_from]

    @property
    def was_asked(self) -> bool:
        """Whether what the customer read last asks them something that a yes may answer."""
        told = [line.text for line in self.lines if line.role in _TO_THEM and line.seq < self.question_from]
        return bool(told) and _ASKS.search(told[-1]) is not None and not told[-1].endswith(_WHAT_ELSE)

    def latest(self, most: int = MOST_READ) -> Self:
        """The same without the oldest lines where all are more than `most` characters; the last one stays."""
        said = (*self.before, *self.lines)
        kept = max(1, fitting([line.text for line in said], most))
        if kept >= len(said):
            return self
        lines = self.lines[-kept:]
        return replace(self, before=said[len(said) - kept : len(said) - len(lines)], lines=lines)

    def _asked(self) -> list[Line]:
        wanted = range(self.question_from, self.question_upto + 1)
        return [line for line in self.lines if line.role == Role.VISITOR and line.seq in wanted]


def fitting(texts: Sequence[str], most: int = MOST_READ) -> int:
    """How many of `texts`, the last ones, have no more than `most` characters together."""
    kept = 0
    for text in reversed(texts):
        most -= len(text)
        if most < 0:
            break
        kept += 1
    return kept
