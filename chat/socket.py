"""What the widget's socket and the console's share: frames in their turn, pages, limits, ends. It holds no rule."""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, ClassVar, Final, TypedDict

from autobahn.exception import Disconnected
from channels.consumer import AsyncConsumer, get_handler_name
from channels.exceptions import StopConsumer
from django.utils.translation import gettext as _

from supportsite.sites.limits import Buckets, Strikes

from . import broadcast, frames, lifecycle, protocol
from .clock import stamp
from .crossing import read
from .models import Kind
from .protocol import Ack, BadFrame, BadText, Error, FrameIn, FrameOut, TypingOut

HELLO_WITHIN_S: Final = 10.0
DELTAS_UP_TO: Final = 256 * 1024
PAGES_UP_TO: Final = 64 * 1024
RESTART: Final = 4012
BAD_FRAMES_A_MINUTE: Final = 10
FLOODS_A_MINUTE: Final = 120
# Frames that store nothing of their own: typing, read, earlier, hello, ping, and whatever is refused.
LIGHT_BURST: Final = 100
LIGHT_A_SECOND: Final = 20.0
ANSWERED: Final = frozenset({"hello", "open", "earlier"})  # of these: somebody waits for what they bring

logger = logging.getLogger(__name__)
_open_sockets: set["Socket"] = set()


class About(TypedDict, total=False):
    """What an `error` says of the frame that it is about."""

    id: str | None
    conversation: str | None


class Socket(AsyncConsumer):
    """A thin consumer: one frame, one handler named `on_<type>`. It has no channel: the hub hands it what is new."""

    channel_layer_alias = "none"
    frames_in: ClassVar[dict[str, type[FrameIn]]] = {}
    not_yet: ClassVar[frozenset[str]] = frozenset()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Channels' own dispatch without a hop to a thread for each frame: nothing here opens a connection."""
        await getattr(self, get_handler_name(message))(message)
        self.done()

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        """Accept before judging, so that the client sees why."""
        self.turnstile = asyncio.Lock()
        self.greeted = False
        self.closing = False
        self.faults = Strikes(most=BAD_FRAMES_A_MINUTE, within=60)
        self.floods = Strikes(most=FLOODS_A_MINUTE, within=60)
        self.light = Buckets(capacity=LIGHT_BURST, per_second=LIGHT_A_SECOND)
        self.buffered: Callable[[], int] = self.scope.get("tandem.buffered", lambda: 0)
        self.done: Callable[[], None] = self.scope.get("tandem.done", lambda: None)
        self.origin = self.header(b"origin")
        await self.send({"type": "websocket.accept"})
        _open_sockets.add(self)
        self.deadline = asyncio.get_running_loop().call_later(HELLO_WITHIN_S, self._too_late)

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        """One frame from the client."""
        if self.closing:
            return
        frame: FrameIn | None = None
        try:
            frame = protocol.parse(message.get("text"), self.frames_in)
            await self._take(frame)
        except BadFrame as fault:
            await self._refuse_frame(fault)
        except lifecycle.Refused as refusal:
            await self._refuse(frame, Error(refusal.code, refusal.message, **self.about(frame)))
        except Exception:  # the edge of the process: whatever broke, the client gets a word and keeps its socket
            reference = secrets.token_hex(4)
            logger.exception("frame failed, reference %s", reference)
            # It may have broken after the commit: then its event comes by itself.
            text = _("Something went wrong here. If what you sent does not appear, send it again. Reference: %s")
            await self.tell(Error("internal", text % reference, **self.about(frame)))

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """The client is gone."""
        self.closing = True
        self.deadline.cancel()
        _open_sockets.discard(self)
        await self.gone()
        raise StopConsumer

    async def gone(self) -> None:
        """What a kind of socket does as it ends."""

    async def erased(self, reader: "ConversationReader") -> None:
        """What this socket has shown of a conversation is gone."""

    async def greet(self, frame: FrameIn) -> None:
        """Judge the first frame: set `greeted`, or `end`."""
        raise NotImplementedError

    def about(self, frame: FrameIn | BadFrame | None) -> About:
        """What an `error` names of the frame that it is about."""
        return {"id": getattr(frame, "id", None)}

    async def tell(self, frame: FrameOut) -> None:
        """Send a frame, unless the client has stopped reading."""
        await self.tell_text(frame.dump(), droppable=isinstance(frame, protocol.Delta | TypingOut))

    async def tell_text(self, text: str, *, droppable: bool = False) -> None:
        """Send a frame's text. Above 256 KiB unread, previews are dropped; anything else ends the socket."""
        if self.closing:
            return
        if self.buffered() > DELTAS_UP_TO:
            if not droppable:
                await self.end(4013)
            return
        await self._send({"type": "websocket.send", "text": text})

    async def end(self, code: int, error: Error | None = None) -> None:
        """Say why, and close."""
        if self.closing:
            return
        if error:
            await self.tell(error)
        self.closing = True
        await self._send({"type": "websocket.close", "code": code})

    async def _send(self, message: dict[str, Any]) -> None:
        """Send, where the client may have closed a moment ago: Daphne then raises, and the disconnect is on its way."""
        try:
            await self.send(message)
        except Disconnected:
            self.closing = True

    @contextlib.asynccontextmanager
    async def turn_to_speak(self) -> AsyncIterator[None]:
        """Hold back events until what is said in here is out; what came meanwhile is told then, however it ended."""
        try:
            async with self.turnstile:
                yield
        finally:
            for reader in self.all_readers():
                if reader.owed:
                    reader.owed = False
                    broadcast.hub().nudge(reader.conversation_id)

    def all_readers(self) -> "list[ConversationReader]":
        """What this socket reads."""
        return []

    def header(self, name: bytes) -> str:
        """A header of the handshake, "" where there is none."""
        return next((value.decode("latin-1") for key, value in self.scope["headers"] if key == name), "")

    async def acknowledge(self, frame_id: str, done: lifecycle.Done, conversation: str | None = None) -> None:
        """The ack of what a verb did."""
        await self.tell(Ack(id=frame_id, at=stamp(done.at), seq=done.seq, conversation=conversation))

    def go_live(
        self, reader: "ConversationReader", first: frames.Page, wrap: Callable[[frames.Page], FrameOut]
    ) -> None:
        """After the first page: previews at once, the pages that follow, then live events, none missing in between.

        Only now it joins the hub: nothing may reach the client ahead of what the first page stands in.
        """
        if reader not in self.all_readers():
            return  # closed while the page was told
        broadcast.hub().join(reader, reader.floor)
        reader.earlier = first.earlier
        if first.more:
            broadcast.hub().spawn(self.send_pages(reader, wrap))
        else:
            reader.paging = False
            broadcast.hub().nudge(reader.conversation_id)

    async def send_pages(self, reader: "ConversationReader", wrap: Callable[[frames.Page], FrameOut]) -> None:
        """Send the pages that follow the first one, each when there is room, then let the live events in."""
        try:
            more = True
            while more and not self.closing:
                # The transport tells nobody when it has room.
                while self.buffered() > PAGES_UP_TO and not self.closing:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
                async with self.turn_to_speak():
                    page = await read(
                        frames.after, conversation_id=reader.conversation_id, seq=reader.position, team=reader.team
                    )
                    more = page.more
                    if page.events:
                        await self.tell(wrap(replace(page, earlier=reader.earlier)))
        finally:
            reader.paging = False
            broadcast.hub().nudge(reader.conversation_id)

    async def _take(self, frame: FrameIn) -> None:
        if not self.greeted:
            if frame.type != "hello":
                await self.end(4400, Error("hello_first", _("Say hello first."), id=getattr(frame, "id", None)))
                return
            await self.greet(frame)
            return
        waited_for = frame.type in ANSWERED
        if not hasattr(frame, "id") and await self.too_many(self.about(frame), waited_for=waited_for):
            return
        if frame.type in self.not_yet:
            raise lifecycle.Refused("not_allowed", _("This is not available here."))
        await getattr(self, "on_" + frame.type)(frame)

    async def too_many(self, about: About, *, waited_for: bool) -> bool:
        """Whether this is one too many of those that store nothing; who goes on all the same is cut off."""
        now = time.monotonic()
        wait = self.light.take("", now)
        if wait and waited_for:
            text = _("That was quick. Try again in a moment.")
            await self.tell(Error("rate_limited", text, retry_after=int(wait) + 1, **about))
        if wait and self.floods.add(now):
            await self.end(4429)
        return wait > 0

    async def _refuse_frame(self, fault: BadFrame) -> None:
        if not self.greeted:
            code = "hello_first" if fault.code == "unknown_type" else fault.code
            await self.end(4400, Error(code, fault.message, id=fault.id))
            return
        await self._refuse(fault, Error(fault.code, fault.message, **self.about(fault)))
        counted = fault.code != "unknown_type" and not isinstance(fault, BadText)
        if counted and self.faults.add(time.monotonic()):
            await self.end(4400)

    async def _refuse(self, frame: FrameIn | BadFrame | None, error: Error) -> None:
        """Say why not. A frame with an id was not counted so far, one that could not be read neither."""
        about = self.about(frame)
        is_new = isinstance(frame, BadFrame) or hasattr(frame, "id")
        if not is_new or not await self.too_many(about, waited_for=about.get("id") is not None):
            await self.tell(error)

    def _too_late(self) -> None:
        if not self.greeted:
            broadcast.hub().spawn(self.end(4408))


class ConversationReader:
    """A socket's reading of one conversation: where it is, and how it tells what is next."""

    def __init__(
        self,
        socket: Socket,
        conversation_id: int,
        public_id: str,
        sender: str,
        *,
        team: bool,
        opened: frames.Opened | None = None,
    ) -> None:
        self.socket = socket
        self.conversation_id = conversation_id
        self.public_id = public_id
        self.sender = sender
        self.team = team
        self.opened = opened
        self.position = 0
        self.floor = 0
        self.paging = True
        self.earlier = False
        self.owed = False

    @property
    def busy(self) -> bool:
        """Events wait while an ack is on its way and while pages of the past are."""
        return self.paging or self.socket.turnstile.locked()

    async def hear(self, event: frames.Seen) -> None:
        """Tell the next event."""
        self.position = event.seq
        self.floor = max(self.floor, event.floor)
        fields = self.fields(event)
        await self.socket.tell_text(protocol.dump_event(fields, self.public_id if self.team else None))
        if event.kind == Kind.ERASED:
            broadcast.hub().spawn(self.socket.erased(self))

    async def preview(self, frame: FrameOut) -> None:
        """Tell a preview; the console's says of which conversation."""
        if self.team:
            frame = frame.__class__(**{**frame.values(), "conversation": self.public_id})
        await self.socket.tell(frame)

    def fields_of(self, page: frames.Page) -> list[dict[str, Any]]:
        """A page's events for this reader, who has then read them."""
        for event in page.events:
            self.position = event.seq
            self.floor = max(self.floor, event.floor)
            broadcast.hub().told(self.conversation_id, event)
        return [self.fields(event) for event in page.events]

    def fields(self, event: frames.Seen) -> dict[str, Any]:
        """One event for this reader."""
        return event.for_reader(self.sender, self.opened)


async def end_all(code: int = RESTART) -> None:
    """Tell every socket of this process to come back."""
    for socket in list(_open_sockets):
        await socket.end(code)
