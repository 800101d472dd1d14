"""Every frame of the socket protocol, in and out (docs/protocol.md), and the reading of hostile text into frames."""

import json
import re
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, Final, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

MOST_BYTES: Final = 64 * 1024
MOST_CHARACTERS: Final = 4000
MOST_COMMENT: Final = 500
MOST_SEQ: Final = 2**31 - 1
# Unicode's White_Space, which is neither Python's strip() nor JavaScript's trim(): the same set in events.js.
WHITE_SPACE: Final = "".join(
    map(
        chr,
        (*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000),
    )
)
# An "id" as it stands in JSON. In a string its quotes would have backslashes: a text cannot show one.
_ID: Final = re.compile(r'"id"\s{0,9}:\s{0,9}"([^"\\\x00-\x1f\ud800-\udfff]{1,64})"')


class BadFrame(Exception):
    """A frame that cannot be read. `code` is one of the protocol's; `id` and `conversation` are as the client told."""

    def __init__(self, code: str, message: str, id: str | None = None, conversation: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.id = id
        self.conversation = conversation


class BadText(BadFrame):
    """A frame that was read well, with a text that no message may have: it says nothing against the client."""


# --- frames in ------------------------------------------------------------------------------------------------------


class FrameIn(BaseModel):
    """A frame from a client. Unknown fields are ignored, types are exact."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)
    type: ClassVar[str]


Id = Field(min_length=1, max_length=64)
Seq = Field(ge=0, le=2**53)
ConversationId = Field(min_length=1, max_length=64)


class WidgetHello(FrameIn):
    """Opens or resumes."""

    type: ClassVar[str] = "hello"
    site: str
    token: str | None = None
    conversation: str | None = None
    epoch: str | None = None
    after: int = Field(0, ge=0, le=2**53)
    last: int | None = Field(None, ge=1, le=2**53)
    locale: str | None = None
    page: str | None = None
    identity: str | None = None
    traits: dict[str, Any] | None = None


class VisitorMessage(FrameIn):
    """A visitor's message."""

    type: ClassVar[str] = "message"
    id: str = Id
    text: str
    attachments: list[str] | None = None


class Earlier(FrameIn):
    """Asks for older events."""

    type: ClassVar[str] = "earlier"
    before: int = Seq
    n: int = Field(ge=1, le=50)


class Person(FrameIn):
    """Asks for a person."""

    type: ClassVar[str] = "person"
    id: str = Id


class CancelPerson(FrameIn):
    """Takes that back."""

    type: ClassVar[str] = "cancel_person"
    id: str = Id


class TypingIn(FrameIn):
    """The visitor types, or stopped."""

    type: ClassVar[str] = "typing"
    on: bool


class Read(FrameIn):
    """Read up to here."""

    type: ClassVar[str] = "read"
    seq: int = Seq


class Ping(FrameIn):
    """Are you there?"""

    type: ClassVar[str] = "ping"
    n: int | None = None


class WidgetPing(Ping):
    """The same; `hidden` tells that the page is in the background."""

    hidden: bool | None = None


class Feedback(FrameIn):
    """Whether one answer helped."""

    type: ClassVar[str] = "feedback"
    id: str = Id
    seq: int = Seq
    helpful: bool


class Dispute(FrameIn):
    """A source does not say what the answer cites it for."""

    type: ClassVar[str] = "dispute"
    id: str = Id
    seq: int = Seq
    n: int = Field(ge=1, le=2**53)
    comment: str | None = None


class RatingIn(FrameIn):
    """What the visitor thinks of a case, after it is resolved: the one that `seq` ended, else the last."""

    type: ClassVar[str] = "rating"
    id: str = Id
    score: int = Field(ge=1, le=5)
    comment: str | None = None
    seq: int | None = Field(None, ge=0, le=2**53)
    conversation: str | None = Field(None, min_length=1, max_length=64)


class Later(FrameIn):
    """A frame of the protocol whose feature is not there yet."""

    id: str | None = Field(None, max_length=64)


class ConsoleHello(FrameIn):
    """First frame of a console."""

    type: ClassVar[str] = "hello"


class PresenceIn(FrameIn):
    """An agent's presence."""

    type: ClassVar[str] = "presence"
    id: str = Id
    state: Literal["online", "away", "offline"]
    mine: Literal["keep", "queue", "assistant"] | None = None


class Open(FrameIn):
    """Read a conversation and get its events live."""

    type: ClassVar[str] = "open"
    conversation: str = ConversationId
    after: int = Field(0, ge=0, le=2**53)
    last: int | None = Field(None, ge=1, le=2**53)
    epoch: str | None = None


class ConsoleEarlier(Earlier):
    """Asks for older events of a conversation."""

    conversation: str = ConversationId


class Leave(FrameIn):
    """No more events of this conversation."""

    type: ClassVar[str] = "leave"
    conversation: str = ConversationId


class AgentMessage(FrameIn):
    """An agent's message; `original` is what they wrote where `text` is its translation."""

    type: ClassVar[str] = "message"
    id: str = Id
    conversation: str = ConversationId
    text: str
    attachments: list[str] | None = None
    original: str | None = None


class NoteIn(AgentMessage):
    """A note for the team."""

    type: ClassVar[str] = "note"


class OnConversation(FrameIn):
    """A change of one conversation."""

    id: str = Id
    conversation: str = ConversationId


class Claim(OnConversation):
    """Take it."""

    type: ClassVar[str] = "claim"


class Resolve(OnConversation):
    """End the case."""

    type: ClassVar[str] = "resolve"


class Reopen(OnConversation):
    """Begin another case."""

    type: ClassVar[str] = "reopen"


class HandBack(OnConversation):
    """Give it to the assistant."""

    type: ClassVar[str] = "hand_back"
    note: str | None = None


class ConsoleTyping(TypingIn):
    """An agent types, or stopped."""

    conversation: str = ConversationId


class ConsoleRead(Read):
    """Read up to here."""

    conversation: str = ConversationId


class Transfer(OnConversation):
    """Give it to a team or an agent."""

    type: ClassVar[str] = "transfer"
    to_team: str | None = Field(None, min_length=1, max_length=64)
    to_agent: str | None = Field(None, min_length=1, max_length=64)
    note: str | None = None


class SnoozeIn(OnConversation):
    """Put it aside until a time, or the next reply."""

    type: ClassVar[str] = "snooze"
    until: str | None = Field(None, max_length=40)


class Verdict(OnConversation):
    """On the last escalation: whether a person was needed, and in time."""

    type: ClassVar[str] = "verdict"
    verdict: Literal["needless", "right", "too_late"]


class Reply(OnConversation):
    """What the customer is to be told, to a question that the assistant asked: `asked` is the seq of its event."""

    type: ClassVar[str] = "reply"
    asked: int = Seq
    text: str


class Decline(OnConversation):
    """No reply to it: another may know, or nobody does as far as this one knows."""

    type: ClassVar[str] = "decline"
    asked: int = Seq
    why: Literal["not_me", "unknown"]


class Translate(OnConversation):
    """Asks for a message in one's own language, by its seq, or for a text in the customer's."""

    type: ClassVar[str] = "translate"
    seq: int | None = Field(None, ge=1, le=2**53)
    text: str | None = None


class Suggest(Later):
    """Asks for a draft."""

    type: ClassVar[str] = "suggest"


WIDGET_FRAMES: Final[dict[str, type[FrameIn]]] = {
    frame.type: frame
    for frame in (
        WidgetHello,
        VisitorMessage,
        Earlier,
        Person,
        CancelPerson,
        TypingIn,
        Read,
        Feedback,
        Dispute,
        RatingIn,
        WidgetPing,
    )
}
CONSOLE_FRAMES: Final[dict[str, type[FrameIn]]] = {
    frame.type: frame
    for frame in (
        ConsoleHello, PresenceIn, Open, ConsoleEarlier, Leave, AgentMessage, NoteIn, Claim, Resolve, Reopen, Transfer,
        SnoozeIn, HandBack, Verdict, Reply, Decline, Translate, Suggest, ConsoleTyping, ConsoleRead, Ping,
    )
}  # fmt: skip


def parse(text: str | None, frames: dict[str, type[FrameIn]]) -> FrameIn:
    """The frame that `text` holds (None: the frame was binary).

    Raises BadFrame: bad_frame, too_long, unknown_type.
    """
    if text is None:
        raise BadFrame("bad_frame", "This socket takes text frames with JSON.")
    if len(text) > MOST_BYTES or len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise BadFrame("too_long", "A frame may be at most 64 KiB.", *_about_text(text))
    told = _object(text)
    about = _about(told)
    kind = told.get("type")
    if not isinstance(kind, str):
        raise BadFrame("bad_frame", "The field “type” is missing.", *about)
    if kind not in frames:
        raise BadFrame("unknown_type", f"There is no frame “{kind[:40]}”.", *about)
    try:
        return frames[kind].model_validate(told)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        raise BadFrame("bad_frame", f"The field “{place}” of “{kind}” is wrong: {fault['msg']}.", *about) from None


def _about(told: dict[str, Any]) -> tuple[str | None, str | None]:
    """The id and the conversation that a frame tells, where they could be ones."""
    values = (told.get("id"), told.get("conversation"))
    one, other = (value if isinstance(value, str) and len(value) <= 64 and _clean(value) else None for value in values)
    return one, other


def _about_text(text: str) -> tuple[str | None, str | None]:
    """The same of a frame that is not taken, so that its client stops sending it; by sight where it is no JSON."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        found = _ID.search(text)
        return found and found[1], None
    return _about(told) if isinstance(told, dict) else (None, None)


def check_text(text: str, frame_id: str) -> None:
    """Raise BadText (empty, too_long) unless `text` may be a message. It is stored as sent, whatever is around it."""
    bare = text.strip(WHITE_SPACE)
    if not bare:
        raise BadText("empty", _("There is no text in this message."), frame_id)
    if len(bare) > MOST_CHARACTERS:
        raise BadText(
            "too_long", _("A message may have at most %(most)d characters.") % {"most": MOST_CHARACTERS}, frame_id
        )


def check_comment(text: str, frame_id: str) -> None:
    """Raise BadText (too_long) unless `text` may be a comment."""
    if len(text.strip(WHITE_SPACE)) > MOST_COMMENT:
        raise BadText(
            "too_long", _("A comment may have at most %(most)d characters.") % {"most": MOST_COMMENT}, frame_id
        )


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
        # Only an escape can bring either in: raw, they are no JSON and no UTF-8.
        clean = "\\u" not in text or _clean(told)
    except (ValueError, RecursionError):
        raise BadFrame("bad_frame", "This frame is not JSON.", *_about_text(text)) from None
    if not isinstance(told, dict):
        raise BadFrame("bad_frame", "A frame is one JSON object.")
    if not clean:
        raise BadFrame("bad_frame", "A frame may not hold U+0000 or half a surrogate pair.", *_about(told))
    return told


def _clean(value: object) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return all(_clean(key) and _clean(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_clean, value))
    return True


# --- frames out -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FrameOut:
    """A frame to a client. Fields that are None are left out, unless named in `kept`."""

    type: ClassVar[str]
    kept: ClassVar[frozenset[str]] = frozenset()

    def values(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def dump(self) -> str:
        """The frame as it goes out."""
        told = {name: value for name, value in self.values().items() if value is not None or name in self.kept}
        return json.dumps({"type": self.type, **told}, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Ack(FrameOut):
    """Stored. `told` is for a person: what came otherwise than they asked for."""

    type: ClassVar[str] = "ack"
    id: str
    at: str
    seq: int | None = None
    conversation: str | None = None
    told: str | None = None


@dataclass(frozen=True)
class Error(FrameOut):
    """What was wrong, and what to do."""

    type: ClassVar[str] = "error"
    code: str
    message: str
    id: str | None = None
    retry_after: int | None = None
    conversation: str | None = None


@dataclass(frozen=True)
class Pong(FrameOut):
    """The answer to a ping."""

    type: ClassVar[str] = "pong"
    n: int | None = None


@dataclass(frozen=True)
class Welcome(FrameOut):
    """The widget's welcome."""

    type: ClassVar[str] = "welcome"
    kept: ClassVar[frozenset[str]] = frozenset({"conversation"})
    protocol: int
    site: dict[str, Any]
    token: str
    epoch: str
    conversation: dict[str, Any] | None
    events: list[dict[str, Any]]
    earlier: bool
    more: bool
    turn: dict[str, Any] | None = None
    reset: bool | None = None


@dataclass(frozen=True)
class Events(FrameOut):
    """A page of events."""

    type: ClassVar[str] = "events"
    events: list[dict[str, Any]]
    more: bool
    earlier: bool
    conversation: str | None = None
    reset: bool | None = None
    turn: dict[str, Any] | None = None


@dataclass(frozen=True)
class ConversationOut(FrameOut):
    """What a widget knows of its conversation beside the events."""

    type: ClassVar[str] = "conversation"
    id: str
    handler: str | None = None
    agent: dict[str, Any] | None = None
    queue: dict[str, Any] | None = None
    language: str | None = None
    case: int | None = None
    last_seq: int | None = None

    def as_field(self) -> dict[str, Any]:
        """The same inside a `welcome`."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Delta(FrameOut):
    """Text of the assistant so far; a preview."""

    type: ClassVar[str] = "delta"
    turn: str
    attempt: int
    offset: int
    text: str
    conversation: str | None = None


@dataclass(frozen=True)
class TurnOut(FrameOut):
    """Where a turn stands."""

    type: ClassVar[str] = "turn"
    turn: str
    attempt: int
    state: str
    doing: str | None = None
    conversation: str | None = None


@dataclass(frozen=True)
class TypingOut(FrameOut):
    """Somebody types, or stopped."""

    type: ClassVar[str] = "typing"
    on: bool
    conversation: str | None = None
    name: str | None = None
    source: str = "agent"

    def dump(self) -> str:
        """As `from` is a word of Python's, the field has another name here."""
        told = {
            "type": self.type,
            "conversation": self.conversation,
            "from": self.source,
            "name": self.name,
            "on": self.on,
        }
        return json.dumps({key: value for key, value in told.items() if value is not None}, ensure_ascii=False)


def dump_event(event: dict[str, Any], conversation: str | None = None) -> str:
    """An `event` frame: flat for the widget, beside its conversation for the console."""
    if conversation is None:
        return json.dumps({"type": "event", **event}, ensure_ascii=False, separators=(",", ":"))
    told = {"type": "event", "conversation": conversation, "event": event}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))
