"""The frames that only a console gets (docs/protocol.md); the others are in chat/protocol.py."""

from dataclasses import dataclass
from typing import Any, ClassVar

from chat.protocol import FrameOut


@dataclass(frozen=True)
class ConsoleWelcome(FrameOut):
    """Who one is, and what lies in the inbox."""

    type: ClassVar[str] = "welcome"
    agent: dict[str, Any]
    teams: list[dict[str, str]]
    epoch: str
    inbox: list[dict[str, Any]]
    counts: dict[str, int]
    colleagues: list[dict[str, str]]


@dataclass(frozen=True)
class Inbox(FrameOut):
    """A row appeared, changed or left."""

    type: ClassVar[str] = "inbox"
    row: dict[str, Any]


@dataclass(frozen=True)
class AlertOut(FrameOut):
    """An escalation that this agent may take."""

    type: ClassVar[str] = "alert"
    conversation: str
    seq: int
    reasons: list[dict[str, Any]]
    summary: str
    mood_trail: list[float]
    at: str


@dataclass(frozen=True)
class QuestionOut(FrameOut):
    """What the assistant asks this agent, until when."""

    type: ClassVar[str] = "question"
    conversation: str
    seq: int
    text: str
    language: str
    customer: str
    site: str
    at: str
    until: str


@dataclass(frozen=True)
class QuestionOver(FrameOut):
    """It needs no reply any more: `answered`, `unknown` (nobody is to be asked further), `passed` or `over`."""

    type: ClassVar[str] = "question_over"
    conversation: str
    seq: int
    why: str
    name: str | None = None


@dataclass(frozen=True)
class TranslationOut(FrameOut):
    """What `translate` asked for; `warnings` name what is not the same in both."""

    type: ClassVar[str] = "translation"
    id: str
    conversation: str
    language: str
    text: str
    warnings: list[str]
    seq: int | None = None


@dataclass(frozen=True)
class PresenceOut(FrameOut):
    """What is shown of a colleague."""

    type: ClassVar[str] = "presence"
    agent: str
    name: str
    state: str


@dataclass(frozen=True)
class Counts(FrameOut):
    """The numbers in the lists."""

    type: ClassVar[str] = "counts"
    counts: dict[str, int]
