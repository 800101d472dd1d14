"""Visitors who talk over real sockets, remember what they sent, and send again what was not acked."""

import asyncio
import contextlib
import json
import random
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from benchmarks.rig import Tandem

# Questions that the demo shop's articles answer, so that no conversation ends up in the queue.
QUESTIONS = (
    "How long does delivery take?",
    "How do I return a jacket?",
    "How can I pay?",
    "How do I change my password?",
    "How do I wash a down jacket?",
    "What does the warranty cover?",
)


class Complaint(AssertionError):
    """The server broke a promise of docs/protocol.md."""


@dataclass(eq=False)
class Visitor:
    """One visitor: what they sent, what was acked, and the log as they read it."""

    server: Tandem
    heard: Callable[["Visitor", dict[str, Any]], None] = lambda visitor, frame: None
    token: str | None = None
    conversation: str | None = None
    sent: dict[str, str] = field(default_factory=dict)
    acked: dict[str, int] = field(default_factory=dict)
    log: list[dict[str, Any]] = field(default_factory=list)
    writing: set[str] = field(default_factory=set)
    closed_with: int | None = None
    socket: ClientConnection | None = None
    listening: asyncio.Task[None] | None = None

    @property
    def last(self) -> int:
        """The last seq seen."""
        return int(self.log[-1]["seq"]) if self.log else 0

    @property
    def unacked(self) -> list[str]:
        """Ids that were sent and not acked, in order."""
        return [frame_id for frame_id in self.sent if frame_id not in self.acked]

    @property
    def unanswered(self) -> bool:
        """Whether an acked message is newer than the last answer."""
        if self.with_person:
            return False
        answered = max((event["seq"] for event in self.log if event["from"]["role"] == "assistant"), default=0)
        return any(seq > answered for seq in self.acked.values())

    @property
    def with_person(self) -> bool:
        """Whether a person was called: the assistant answers no more."""
        return any(event["kind"] == "escalated" for event in self.log)

    async def connect(self) -> None:
        """Say hello, take what was missed, send again what was not acked, and go on listening."""
        origin: Any = self.server.origin
        address = f"ws://127.0.0.1:{self.server.port}/ws/v1/widget/"
        self.socket = await connect(address, origin=origin, compression=None, open_timeout=30, proxy=None)
        hello = {"type": "hello", "site": self.server.site, "locale": "en", "after": self.last}
        known = {"token": self.token, "conversation": self.conversation}
        await self._send({**hello, **{name: value for name, value in known.items() if value}})
        self.take(json.loads(await asyncio.wait_for(self.socket.recv(), 30)))
        self.writing.clear()
        self.listening = asyncio.create_task(self._listen(self.socket))
        for frame_id in self.unacked:
            await self._send_message(frame_id)

    async def say(self, text: str) -> None:
        """Write a message; where the socket is gone it waits for the next one."""
        frame_id = str(uuid.uuid4())
        self.sent[frame_id] = text
        with contextlib.suppress(ConnectionClosed):
            await self._send_message(frame_id)

    async def gone(self) -> None:
        """Until the socket has ended."""
        if self.listening:
            await asyncio.wait_for(self.listening, 15)

    async def leave(self) -> None:
        """Close the page."""
        if self.socket:
            await self.socket.close()
        await self.gone()

    def take(self, frame: dict[str, Any]) -> None:
        """Believe nothing: every frame is held against the protocol's promises."""
        kind = frame["type"]
        if kind == "error":
            raise Complaint(str(frame))
        if kind == "welcome":
            if frame.get("reset"):
                raise Complaint("the server has another log than this visitor")
            self.token = frame["token"]
            self.conversation = (frame["conversation"] or {}).get("id", self.conversation)
        if kind == "conversation":
            self.conversation = frame["id"]
        if kind == "ack":
            self._acked(frame)
        if kind == "delta":
            self.writing.add(frame["turn"])
        for event in [frame] if kind == "event" else frame.get("events", []):
            self._read(event)
        self.heard(self, frame)

    def _acked(self, frame: dict[str, Any]) -> None:
        if self.acked.setdefault(frame["id"], frame["seq"]) != frame["seq"]:
            raise Complaint(f"{frame['id']} was acked as {self.acked[frame['id']]} and as {frame['seq']}")

    def _read(self, event: dict[str, Any]) -> None:
        if event["prev"] != self.last or event["seq"] <= self.last:
            raise Complaint(f"after {self.last} came {event['seq']}, which names {event['prev']} before it")
        self.log.append(event)
        self.writing.discard(event.get("turn", ""))

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self.take(json.loads(text))
        except ConnectionClosed:
            pass
        self.closed_with = socket.close_code

    async def _send_message(self, frame_id: str) -> None:
        await self._send({"type": "message", "id": frame_id, "text": self.sent[frame_id]})

    async def _send(self, frame: dict[str, Any]) -> None:
        assert self.socket
        await self.socket.send(json.dumps(frame))


@dataclass
class Crowd:
    """Several visitors at once, some new, some in the middle of a conversation."""

    server: Tandem
    dice: random.Random
    visitors: list[Visitor] = field(default_factory=list)
    former: list[Visitor] = field(default_factory=list)
    first: dict[str, asyncio.Event] = field(default_factory=dict)

    async def gather(self, *, newcomers: int) -> None:
        """Everyone who is here comes (back), and some come for the first time."""
        self.visitors += [Visitor(self.server, self._heard) for _ in range(newcomers)]
        await asyncio.gather(*(visitor.connect() for visitor in self.visitors if not _connected(visitor)))

    async def ask(self, most: int) -> None:
        """Everyone writes one to `most` messages without waiting for acks."""
        self.first = {kind: asyncio.Event() for kind in ("ack", "delta", "event")}
        await asyncio.gather(*(self._ask(visitor, most) for visitor in self.visitors))

    async def let_go(self, stay: int) -> None:
        """Those who wait for a person and the oldest close their pages, until `stay` are left."""
        self.visitors.sort(key=lambda visitor: not visitor.with_person)
        going, self.visitors = self.visitors[:-stay], self.visitors[-stay:]
        await asyncio.gather(*(visitor.leave() for visitor in going))
        self.former += going

    async def lost(self) -> None:
        """Until every socket has ended."""
        await asyncio.gather(*(visitor.gone() for visitor in self.visitors))

    async def at_rest(self, within: float) -> None:
        """Until everything is acked, every turn has ended, and everyone has read everything."""
        deadline = time.monotonic() + within
        while reason := self._restless():
            if time.monotonic() > deadline:
                raise Complaint(f"after {within} s: {reason}\n{self.server.tail(1500)}")
            await asyncio.sleep(0.05)

    async def close(self) -> None:
        """Let go of every socket."""
        here = [visitor for visitor in self.visitors if visitor.socket]
        await asyncio.gather(*(visitor.leave() for visitor in here), return_exceptions=True)

    def raise_complaints(self) -> None:
        """What a listener complained about."""
        for visitor in self.visitors:
            if visitor.listening and visitor.listening.done() and (error := visitor.listening.exception()):
                raise error

    async def _ask(self, visitor: Visitor, most: int) -> None:
        for _ in range(self.dice.randint(1, most)):
            await visitor.say(self.dice.choice(QUESTIONS))

    def _heard(self, visitor: Visitor, frame: dict[str, Any]) -> None:
        if frame["type"] in self.first:
            self.first[frame["type"]].set()

    def _restless(self) -> str:
        self.raise_complaints()
        if waiting := sum(len(visitor.unacked) for visitor in self.visitors):
            return f"{waiting} messages have no ack"
        if running := open_turns(self.server):
            return f"{len(running)} turns have not ended"
        last = dict(self.server.rows("SELECT public_id, last_visible_seq FROM chat_conversation"))
        behind = [v for v in self.visitors if v.conversation and v.last != last.get(v.conversation)]
        return f"{len(behind)} visitors have not read everything" if behind else ""


def open_turns(server: Tandem) -> set[int]:
    """Turns that have not ended."""
    return {pk for (pk,) in server.rows("SELECT id FROM chat_turn WHERE state IN ('queued', 'running')")}


def _connected(visitor: Visitor) -> bool:
    return visitor.listening is not None and not visitor.listening.done()
