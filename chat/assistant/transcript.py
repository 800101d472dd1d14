"""What the assistant is told of a conversation: its lines, and which of them the turn answers."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from chat.assistant.doing.procedure import Standing
from chat.identity import Claims
from supportsite.redaction.span import Kind


class Role(StrEnum):
    """Who wrote a line; a note is a colleague's, meant for the assistant."""

    VISITOR = "visitor"
    ASSISTANT = "assistant"
    AGENT = "agent"
    NOTE = "note"


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

    @property
    def question(self) -> str:
        """What is asked: the visitor's lines that the turn answers, one below the other."""
        return "\n".join(line.text for line in self._asked())

    @property
    def previous_question(self) -> str:
        """The visitor's line before the question, empty where there is none."""
        earlier = [x.text for x in self.lines if x.role == Role.VISITOR and x.seq < self.question_from]
        return earlier[-1] if earlier else ""

    def latest(self, most: int) -> Self:
        """The same without the oldest lines where all are more than `most` characters; the last one stays."""
        kept = len(self.lines)
        for line in reversed(self.lines):
            most -= len(line.text)
            if most < 0 and kept < len(self.lines):
                break
            kept -= 1
        return replace(self, lines=self.lines[kept:]) if kept else self

    def _asked(self) -> list[Line]:
        wanted = range(self.question_from, self.question_upto + 1)
        return [line for line in self.lines if line.role == Role.VISITOR and line.seq in wanted]
