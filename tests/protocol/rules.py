"""What docs/protocol.md promises of every stream of frames: each function returns what is wrong, in sentences."""

import re
from collections.abc import Iterator
from typing import Any

Frame = dict[str, Any]

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
CODES = {"bad_frame", "too_long", "empty", "unknown_type", "hello_first", "bad_site", "bad_token", "bad_identity"}
CODES |= {"id_reused", "rate_limited", "busy", "not_allowed", "not_yours", "already_claimed", "not_found"}
CODES |= {"bad_attachment", "internal"}
HANDLERS = ("assistant", "queue", "agent", "closed")
STATES = ("thinking", "writing", "done", "dropped")
ENDS_THE_WAIT = ("handed_back", "returned", "reopened")
COMMON = {"seq", "prev", "kind", "at", "from", "id", "erased"}

# type → (fields that must be there, fields that may be there)
Fields = dict[str, tuple[set[str], set[str]]]
BOTH: Fields = {
    "pong": (set(), {"n"}),
    "error": ({"code", "message"}, {"id", "retry_after"}),
}
WIDGET: Fields = BOTH | {
    "welcome": (
        {"protocol", "site", "token", "epoch", "conversation", "events", "earlier", "more"},
        {"reset", "turn"},
    ),
    "events": ({"events", "more", "earlier"}, set()),
    "ack": ({"id", "at"}, {"seq"}),
    "event": ({"seq", "prev", "kind", "at", "from"}, COMMON),  # and the body of its kind, see BODIES
    "delta": ({"turn", "attempt", "offset", "text"}, set()),
    "turn": ({"turn", "attempt", "state"}, {"doing"}),
    "conversation": ({"id"}, {"handler", "agent", "queue", "language", "case", "last_seq"}),
    "typing": ({"from", "on"}, {"name"}),
}
CONSOLE: Fields = BOTH | {
    "error": ({"code", "message"}, {"id", "retry_after", "conversation"}),
    "welcome": ({"agent", "teams", "epoch", "inbox", "counts", "colleagues"}, set()),
    "inbox": ({"row"}, set()),
    "question": ({"conversation", "seq", "text", "language", "customer", "site", "at", "until"}, set()),
    "translation": ({"id", "conversation", "language", "text", "warnings"}, {"seq"}),
    "question_over": ({"conversation", "seq", "why"}, {"name"}),
    "alert": ({"conversation", "seq", "reasons", "summary", "mood_trail", "at"}, set()),
    "events": ({"conversation", "events", "more", "earlier"}, {"reset", "turn"}),
    "event": ({"conversation", "event"}, set()),
    "delta": ({"conversation", "turn", "attempt", "offset", "text"}, set()),
    "turn": ({"conversation", "turn", "attempt", "state"}, {"doing"}),
    "typing": ({"conversation", "from", "on"}, {"name", "text"}),
    "ack": ({"id", "at"}, {"conversation", "seq"}),
    "presence": (set(), set()),  # the page does not say what is in it
    "counts": (set(), set()),
}
ROW = {"conversation", "subject", "customer", "handler", "assignee", "waiting_since", "mood", "reasons", "unread"}
ROW |= {"language", "last", "here", "site", "agent", "mine", "changed_at", "last_seq"}
ROW |= {"team", "snoozed", "email", "calls", "translate"}
SOURCE = {"n", "title", "url", "section", "quote", "language", "date"}
# kind → (must, may, must for the team)
BODIES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "message": ({"text", "html", "attachments"}, {"sources", "answered", "turn", "original"}, set()),
    "note": ({"text"}, {"for_assistant"}, set()),
    "offered": ({"text", "reasons"}, set(), set()),
    "asked": ({"text"}, set(), set()),
    "replied": ({"asked"}, {"text"}, set()),
    "escalated": ({"reasons", "text"}, set(), {"language"}),
    "returned": ({"why", "text"}, set(), set()),
    "claimed": ({"name", "agent"}, set(), set()),
    "transferred": ({"to", "text"}, set(), set()),
    "released": ({"why"}, set(), set()),
    "snoozed": ({"until"}, set(), set()),
    "told": ({"text"}, set(), set()),
    "handed_back": ({"text"}, set(), set()),
    "resolved": ({"text"}, set(), set()),
    "reopened": ({"handler"}, set(), set()),
    "feedback": ({"answer", "helpful"}, set(), set()),
    "disputed": ({"answer", "n", "comment"}, set(), set()),
    "verdict": ({"verdict", "escalation"}, set(), set()),
    "rated": ({"score", "comment", "resolved"}, set(), set()),
    "erased": ({"upto"}, set(), set()),
}
TEAM_KINDS = ("note", "feedback", "disputed", "verdict", "snoozed", "replied")


def is_whole(value: Any, least: int = 0) -> bool:
    """Whether this is a whole number, and not a truth value."""
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def wrong_event(event: Frame, team: bool) -> Iterator[str]:
    """What is wrong with one event for this reader."""
    kind = event.get("kind")
    if kind not in BODIES or (kind in TEAM_KINDS and not team):
        yield f"an event of the kind {kind}"
        return
    must, _, team_must = BODIES[kind]
    for name in sorted(({"seq", "prev", "at", "from"} | must | (team_must if team else set())) - set(event)):
        yield f"{kind} without {name}"
    if not (is_whole(event.get("seq"), 1) and is_whole(event.get("prev")) and event["prev"] < event["seq"]):
        yield f"seq {event.get('seq')} after {event.get('prev')}"
    if not MOMENT.fullmatch(str(event.get("at"))):
        yield f"the moment {event.get('at')}"
    role = event.get("from", {}).get("role")
    if role not in ("visitor", "assistant", "agent", "system"):
        yield f"the role {role}"
    if kind == "message":
        yield from wrong_message(event, role, team)


def wrong_message(event: Frame, role: str, team: bool) -> Iterator[str]:
    """What is wrong with the body of one message."""
    if role == "assistant":
        if event.get("answered") not in ("answer", "clarify", "unknown", "action"):
            yield f"answered is {event.get('answered')}"
        if not event.get("turn"):
            yield "an assistant's message without turn"
        for source in event.get("sources", [None]):
            if not isinstance(source, dict) or SOURCE - set(source):
                yield f"the source {source}"
    if role == "visitor" and team and not ("mood" in event and "language" in event):
        yield "a visitor's message without mood and language for the team"
    if role == "visitor" and not team and ("mood" in event or "language" in event):
        yield "mood or language told to the visitor"


def wrong_conversation(conversation: Frame) -> Iterator[str]:
    """What is wrong with a whole conversation."""
    for name in sorted({"id", "handler", "language", "case", "last_seq"} - set(conversation)):
        yield f"a conversation without {name}"
    if conversation.get("handler") not in HANDLERS:
        yield f"the handler {conversation.get('handler')}"
    if conversation.get("queue") and not {"position", "wait_s"} <= set(conversation["queue"]):
        yield f"the queue {conversation['queue']}"


def wrong_frame(frame: Frame, table: Fields, team: bool) -> Iterator[str]:
    """What is wrong with one frame from the server."""
    kind = frame.get("type")
    if kind not in table:
        yield f"a frame of the type {kind}"
        return
    for name in sorted(table[kind][0] - set(frame)):
        yield f"{kind} without {name}"
    if "at" in table[kind][0] and not MOMENT.fullmatch(str(frame.get("at"))):
        yield f"{kind} at {frame.get('at')}"
    if kind == "error" and (frame.get("code") not in CODES or not frame.get("message")):
        yield "an error without a known code and a message"
    if kind == "turn" and frame.get("state") not in STATES:
        yield f"the state {frame.get('state')}"
    if kind == "delta" and not (is_whole(frame.get("offset")) and frame.get("text")):
        yield "a delta without offset or text"
    if kind == "inbox" and ROW - set(frame["row"]):
        yield f"a row without {sorted(ROW - set(frame['row']))}"
    for event in events_in(frame):
        yield from wrong_event(event, team)


def wrong_welcome(welcome: Frame) -> Iterator[str]:
    """What is wrong with what a widget is welcomed with."""
    if welcome.get("protocol") != 1:
        yield f"protocol {welcome.get('protocol')}"
    for name in sorted({"name", "locale", "colours", "greeting", "open_now"} - set(welcome.get("site", {}))):
        yield f"a site without {name}"
    if not welcome.get("token") or not welcome.get("epoch"):
        yield "no token or no epoch"
    if welcome.get("turn") and not {"turn", "attempt", "state", "text"} <= set(welcome["turn"]):
        yield f"the turn {welcome['turn']}"
    if welcome.get("conversation"):
        yield from wrong_conversation(welcome["conversation"])


def events_in(frame: Frame) -> list[Frame]:
    """The events that a frame of either socket brings."""
    if frame["type"] in ("welcome", "events"):
        return list(frame.get("events", []))
    if frame["type"] == "event":
        return [frame.get("event", frame)]
    return []


def surplus(frame: Frame, table: Fields, team: bool) -> set[str]:
    """Fields that the page does not name."""
    kind = frame["type"]
    known = {"type"} | table[kind][0] | table[kind][1]
    extra = set() if kind in ("presence", "counts", "event") else set(frame) - known
    found = {f"{kind}.{name}" for name in extra}
    if kind == "inbox":
        found |= {f"row.{name}" for name in set(frame["row"]) - ROW - {"gone"}}
    for event in events_in(frame):
        must, may, team_must = BODIES[event["kind"]]
        allowed = COMMON | must | may | {"type"}
        if team:
            allowed |= team_must | ({"mood", "language", "aside"} if event["kind"] == "message" else set())
        found |= {f"{event['kind']}.{name}" for name in set(event) - allowed}
    return found


def broken_chain(events: list[Frame], first_prev: int | None = None) -> Iterator[str]:
    """Where a list of events has a hole, a double or a wrong order, by `prev`."""
    last = first_prev
    for event in events:
        if last is not None and event["prev"] != last:
            yield f"seq {event['seq']} says that {event['prev']} came before it, {last} did"
        last = event["seq"]


def answered_while_waiting(events: list[Frame]) -> Iterator[str]:
    """Assistant messages between an escalation and its end."""
    waiting = 0
    for event in events:
        if event["kind"] == "escalated":
            waiting = event["seq"]
        elif event["kind"] in ENDS_THE_WAIT:
            waiting = 0
        elif waiting and event["kind"] == "message" and event["from"]["role"] == "assistant":
            yield f"the assistant answers with seq {event['seq']} after the escalation {waiting}"


def spoke_while_waiting(frames: list[Frame]) -> Iterator[str]:
    """Deltas and assistant messages on one widget socket between an escalation and its end."""
    waiting, highest = False, 0
    for frame in frames:
        for event in events_in(frame):
            role = event["from"]["role"]
            if waiting and event["kind"] == "message" and role == "assistant" and event["seq"] > highest:
                yield f"the assistant's message {event['seq']} after the escalation"
            if event["seq"] > highest:
                waiting = (waiting or event["kind"] == "escalated") and event["kind"] not in ENDS_THE_WAIT
            highest = max(highest, event["seq"])
        if frame["type"] == "delta" and waiting:
            yield f"a delta after the escalation: {frame}"


def drafts(frames: list[Frame]) -> dict[str, str]:
    """The text of each turn as the deltas tell it; a delta that leaves a hole is an error."""
    texts: dict[str, str] = {}
    attempts: dict[str, int] = {}
    for frame in frames:
        running = frame.get("turn") if frame["type"] in ("welcome", "events") else None
        if running:
            texts[running["turn"]], attempts[running["turn"]] = running["text"], running["attempt"]
        if frame["type"] != "delta" or frame["attempt"] < attempts.get(frame["turn"], 0):
            continue
        turn, offset = frame["turn"], frame["offset"]
        fresh = offset == 0 or frame["attempt"] > attempts.get(turn, 0)
        before = "" if fresh else texts.get(turn, "")
        assert offset == len(before), f"a hole before {frame}: so far {before!r}"
        texts[turn], attempts[turn] = before + frame["text"], frame["attempt"]
    return texts


def widget_faults(sent: list[tuple[int, Frame]], frames: list[Frame]) -> list[str]:
    """All that is wrong with what a widget was told."""
    found = [f"{fault}: {frame}" for frame in frames for fault in wrong_frame(frame, WIDGET, team=False)]
    for frame in frames:
        if frame["type"] == "welcome":
            found += [f"{fault}: {frame}" for fault in wrong_welcome(frame)]
    if not found:
        found += list(broken_stream(sent, frames))
        found += list(spoke_while_waiting(frames))
        drafts(frames)
    return found


def broken_stream(sent: list[tuple[int, Frame]], frames: list[Frame]) -> Iterator[str]:
    """Where the events of one widget socket, pages and live ones together, are not one chain."""
    hellos = [(at, frame) for at, frame in sent if frame["type"] == "hello"]
    last: int | None = None
    paging = False
    for index, frame in enumerate(frames):
        events = events_in(frame)
        if frame["type"] == "welcome":
            hello = next((said for at, said in reversed(hellos) if at <= index), {})
            after = 0 if frame.get("reset") else hello.get("after", 0)
            if events and "last" not in hello and not events[0]["prev"] <= after < events[0]["seq"]:
                yield f"after {after} came {events[0]['seq']} with prev {events[0]['prev']}"
            yield from broken_chain(events)
            last = events[-1]["seq"] if events else after if "last" not in hello else None
            paging = frame["more"]
        elif frame["type"] == "events" and not paging:
            yield from broken_chain(events)  # earlier ones
        elif events:
            yield from broken_chain(events, last)
            last = events[-1]["seq"]
            paging = paging and frame["type"] == "events" and frame["more"]


def console_faults(frames: list[Frame]) -> list[str]:
    """All that is wrong with what an agent was told."""
    found = [f"{fault}: {frame}" for frame in frames for fault in wrong_frame(frame, CONSOLE, team=True)]
    for frame in frames:
        if frame["type"] == "alert":
            found += [f"reason {r}: {frame}" for r in frame["reasons"] if not {"code", "text", "evidence"} <= set(r)]
        for event in events_in(frame):
            if event["prev"] != event["seq"] - 1:
                found.append(f"prev of a team reader is not seq - 1: {event}")
    return found
