"""What a log means: `step` folds one event into a conversation's state. The row is a cache of this.

`static/shared/events.js` has the same fold, and a test runs both on the same logs.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

MOODS_KEPT: Final = 5


@dataclass
class State:
    """What is so after some events. `waiting_since` is an RFC 3339 time or None, `asked_seq` the open question or 0."""

    handler: str = "assistant"
    floor: int = 0
    case: int = 1
    assignee: str | None = None
    agent: str | None = None
    team: str | None = None
    last_seq: int = 0
    last_visible_seq: int = 0
    answered_seq: int = 0
    language: str = "en"
    moods: list[float] = field(default_factory=list)
    unknowns: int = 0
    offered: bool = False
    asked_seq: int = 0
    waiting_since: str | None = None


@dataclass(frozen=True)
class Entry:
    """What of an event the fold reads."""

    seq: int
    kind: str
    visible: str
    role: str
    at: str
    body: dict[str, Any]


def fold(entries: Iterable[Entry], language: str = "en") -> State:
    """The state after all of `entries`, in order; `language` is the conversation's before any message."""
    state = State(language=language)
    for entry in entries:
        step(state, entry)
    return state


def step(state: State, entry: Entry) -> None:
    """Fold one event into `state`, in place."""
    state.last_seq = entry.seq
    if entry.visible == "all":
        state.last_visible_seq = entry.seq
    if change := _STEPS.get(entry.kind):
        change(state, entry)


def _message(state: State, entry: Entry) -> None:
    if entry.role == "visitor":
        _visitor_message(state, entry)
    else:
        state.answered_seq = entry.seq
        state.waiting_since = None
        if entry.role == "assistant":
            state.unknowns = state.unknowns + 1 if entry.body.get("answered") == "unknown" else 0


def _visitor_message(state: State, entry: Entry) -> None:
    state.offered = False
    if not entry.body.get("aside"):
        state.asked_seq = 0
    state.language = entry.body.get("language", state.language)
    state.waiting_since = state.waiting_since or entry.at
    if "mood" in entry.body:
        state.moods = [*state.moods, entry.body["mood"]][-MOODS_KEPT:]


def _offered(state: State, entry: Entry) -> None:
    state.offered = True
    state.asked_seq = 0


def _asked(state: State, entry: Entry) -> None:
    state.asked_seq = entry.seq


def _replied(state: State, entry: Entry) -> None:
    state.asked_seq = 0


def _escalated(state: State, entry: Entry) -> None:
    _change_handler(state, "queue")
    state.language = entry.body.get("language", state.language)
    state.waiting_since = state.waiting_since or entry.at


def _returned(state: State, entry: Entry) -> None:
    _change_handler(state, "assistant")
    _forget(state)
    state.waiting_since = None


def _claimed(state: State, entry: Entry) -> None:
    _change_handler(state, "agent")
    state.assignee, state.agent = entry.body["agent"], entry.body["name"]


def _transferred(state: State, entry: Entry) -> None:
    to = entry.body["to"]
    if to["kind"] == "agent":
        _change_handler(state, "agent")
        state.assignee, state.agent = to["id"], to["name"]
    else:
        _change_handler(state, "queue")
        state.team = to["id"]  # null: everyone


def _released(state: State, entry: Entry) -> None:
    _change_handler(state, "queue")


def _handed_back(state: State, entry: Entry) -> None:
    _change_handler(state, "assistant")
    _forget(state)
    state.waiting_since = None


def _resolved(state: State, entry: Entry) -> None:
    _change_handler(state, "closed")
    state.waiting_since = None


def _reopened(state: State, entry: Entry) -> None:
    _change_handler(state, entry.body.get("handler", "assistant"))
    _forget(state)
    state.case += 1


def _change_handler(state: State, handler: str) -> None:
    state.handler = handler
    state.floor += 1
    state.assignee = state.agent = None
    state.offered = False
    state.asked_seq = 0


def _forget(state: State) -> None:
    """What was said before must never escalate again."""
    state.moods = []
    state.unknowns = 0


_STEPS: Final = {
    "message": _message,
    "offered": _offered,
    "asked": _asked,
    "replied": _replied,
    "escalated": _escalated,
    "returned": _returned,
    "claimed": _claimed,
    "transferred": _transferred,
    "released": _released,
    "handed_back": _handed_back,
    "resolved": _resolved,
    "reopened": _reopened,
}
