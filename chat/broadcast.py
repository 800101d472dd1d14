"""How readers hear of what is new: one hub in each process, one watcher of the log, one group between processes.

What travels are wake-ups ("look again") and previews; the log is the truth. This process's own readers are told from
memory, those of others through `others`; what is lost there is found by the watcher. See docs/log.md, "Waking readers".
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from django.conf import settings
from django.utils import timezone

from supportsite.sites import limits

from . import frames, others, queue
from .crossing import read
from .models import Event, Kind
from .others import ME as ME  # what this process is called among others
from .protocol import ConversationOut, Delta, FrameOut, TurnOut, TypingOut
from .watcher import Watcher

# With other processes each of them asks, and only for what was lost on the way.
WATCH_EVERY_S: Final = 1.0 if settings.TANDEM.is_shared else 0.2
QUEUE_TOLD_AFTER_S: Final = 0.25
MOST_SEEN: Final = 20_000
MOST_FRESH: Final = 500
EVERYTHING: Final = 2**31
AGAIN_AFTER_S: Final = 0.5
TOLD_FIRST_S: Final = 0.1
ACK_FIRST_S: Final = 0.0005  # the writer's socket is told that it is stored before anybody is told to look

logger = logging.getLogger(__name__)


class Reader(Protocol):
    """A socket's reading of one conversation."""

    conversation_id: int
    team: bool
    position: int
    floor: int
    owed: bool

    @property
    def busy(self) -> bool:
        """Whether it must not be sent events now: an ack is on its way, or pages of the past are."""

    async def hear(self, event: frames.Seen) -> None:
        """Take the next event."""

    async def preview(self, frame: FrameOut) -> None:
        """Take a preview, typing, or news of the queue."""


class Newcomer(Protocol):
    """A visitor's socket that has no conversation yet."""

    async def attach(self, conversation_id: int) -> None:
        """The visitor's first message made this conversation."""


@dataclass
class Preview:
    """A turn that is running, as far as this process heard of it."""

    turn: str
    attempt: int
    floor: int
    state: str = "thinking"
    doing: str | None = None
    text: str = ""

    def as_field(self) -> dict[str, Any]:
        """The same inside a `welcome`."""
        fields = {"turn": self.turn, "attempt": self.attempt, "state": self.state, "text": self.text}
        return {**fields, "doing": self.doing} if self.doing else fields


Listener = Callable[[int, bool], Awaitable[None]]


@dataclass
class Hub:
    """The readers of this process, by conversation."""

    readers: dict[int, set[Reader]] = field(default_factory=dict)
    newcomers: dict[str, set[Newcomer]] = field(default_factory=dict)
    listeners: set[Listener] = field(default_factory=set)
    previews: dict[int, Preview] = field(default_factory=dict)
    floors: dict[int, int] = field(default_factory=dict)
    seen: OrderedDict[int, int] = field(default_factory=OrderedDict)
    fresh: OrderedDict[int, Sequence[Event]] = field(default_factory=OrderedDict)
    answered: dict[int, str] = field(default_factory=dict)
    floor_hooks: list[Callable[[int, int], None]] = field(default_factory=list)
    _pumping: dict[int, int] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _places: dict[int, int] = field(default_factory=dict)
    _queue_told: bool = True

    def join(self, reader: Reader, floor: int) -> None:
        """From now on `reader` hears its conversation, whose row says `floor`, once it is not busy."""
        self.readers.setdefault(reader.conversation_id, set()).add(reader)
        self.heard_floor(reader.conversation_id, floor)

    def leave(self, reader: Reader) -> None:
        """`reader` hears nothing more."""
        readers = self.readers.get(reader.conversation_id, set())
        readers.discard(reader)
        if not readers:
            for known in (self.readers, self.floors, self.answered, self._places, self.fresh):
                known.pop(reader.conversation_id, None)

    def heard_floor(self, conversation_id: int, floor: int) -> None:
        """A wake-up, a row or an event names the floor: the first of them stops what is of an older one."""
        if floor <= self.floors.get(conversation_id, 0):
            return
        self.floors[conversation_id] = floor
        if len(self.floors) > MOST_SEEN:
            self.floors = self._of_readers(self.floors)
        preview = self.previews.get(conversation_id)
        if preview and preview.floor < floor:
            del self.previews[conversation_id]
        for hook in self.floor_hooks:
            hook(conversation_id, floor)
        self.queue_changed()

    def told(self, conversation_id: int, event: frames.Seen) -> None:
        """An event reaches readers, maybe ahead of its wake-up: no preview of an older floor or of itself follows."""
        self.heard_floor(conversation_id, event.floor)
        if turn := event.fields.get("turn"):
            self.answered[conversation_id] = turn
            if len(self.answered) > MOST_SEEN:
                self.answered = self._of_readers(self.answered)
            if (preview := self.previews.get(conversation_id)) and preview.turn == turn:
                del self.previews[conversation_id]

    def keep_fresh(self, conversation_id: int, events: Sequence[Event]) -> None:
        """Hold what was committed just now, so that readers who are up to date need no query. From any thread."""
        if conversation_id in self.readers:
            self.fresh[conversation_id] = events
            while len(self.fresh) > MOST_FRESH:
                self.fresh.popitem(last=False)

    def nudge(self, conversation_id: int, upto: int = EVERYTHING) -> None:
        """Bring the readers of a conversation up to date, soon. `upto` is the newest seq that there is, where known."""
        if conversation_id in self._pumping:
            self._pumping[conversation_id] = max(upto, self._pumping[conversation_id])
        elif self._are_behind(conversation_id, upto):
            self._pumping[conversation_id] = upto
            self.spawn(self._pump(conversation_id))

    def spawn(self, work: Any) -> asyncio.Task[None]:
        """Run `work` beside everything else, and keep it from being collected."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand one message, of this process or another, to this process's readers."""
        kind = message["type"]
        if kind == "wake":
            await self._wake(message)
        elif kind == "look":
            await self._tell_listeners(message["c"], soon=False)
        elif kind == "show":
            await self._preview(message["c"], message["floor"], frame_of(message["frame"]), message["team_only"])
        elif told := _told_of.get(kind):  # a worker has no sockets, and no use for what is said of them
            told(message)

    async def _wake(self, message: dict[str, Any]) -> None:
        conversation_id, seq, floor = message["c"], message["s"], message["f"]
        self._mark_seen(conversation_id, seq)
        self.heard_floor(conversation_id, floor)
        for newcomer in list(self.newcomers.get(message["v"], ())):
            self.spawn(newcomer.attach(conversation_id))
        self.nudge(conversation_id, seq)
        # A process of the version before says nothing of it.
        await self._tell_listeners(conversation_id, soon=message.get("soon", True))

    def _mark_seen(self, conversation_id: int, seq: int) -> None:
        self.seen[conversation_id] = max(seq, self.seen.pop(conversation_id, 0))
        if len(self.seen) > MOST_SEEN:
            self.seen.popitem(last=False)

    async def _tell_listeners(self, conversation_id: int, *, soon: bool) -> None:
        for listener in list(self.listeners):
            await listener(conversation_id, soon)

    async def _preview(self, conversation_id: int, floor: int, frame: FrameOut, team_only: bool) -> None:
        if floor < self.floors.get(conversation_id, 0):
            return
        # Before anything is judged or remembered of it: while they are told, its own answer may come, or a reader.
        if any(reader.floor < floor for reader in self.readers.get(conversation_id, ())):
            await self._tell_first(conversation_id, floor)
        if isinstance(frame, Delta | TurnOut) and not self._goes_on(conversation_id, floor, frame):
            return
        for reader in list(self.readers.get(conversation_id, ())):
            if floor < self.floors.get(conversation_id, 0):
                return  # it rose while another reader was told
            if reader.team and reader.floor < floor:
                continue  # who sees every event hears first of the one that raised the floor, however long that takes
            if reader.team or not team_only:
                await reader.preview(frame)

    async def _tell_first(self, conversation_id: int, floor: int) -> None:
        """Words of a new floor may come before the event that raised it, from another process: readers hear that first.

        Once for a floor and not for long, as everybody waits: an event that a visitor may not see raises floors too.
        """
        self.nudge(conversation_id)
        until = time.monotonic() + TOLD_FIRST_S
        while conversation_id in self._pumping and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        for reader in self.readers.get(conversation_id, ()):
            if not reader.team:
                reader.floor = max(reader.floor, floor)

    def _goes_on(self, conversation_id: int, floor: int, frame: Delta | TurnOut) -> bool:
        """Whether readers are to be shown it: not what comes late for an answer that they have."""
        if self.answered.get(conversation_id) == frame.turn:
            return isinstance(frame, TurnOut) and frame.state in ("done", "dropped")
        return self._remember(conversation_id, floor, frame)

    def _remember(self, conversation_id: int, floor: int, frame: Delta | TurnOut) -> bool:
        """Keep what a reader who comes later must know; False where the frame is of an older attempt."""
        known = self.previews.get(conversation_id)
        if known is None or known.turn != frame.turn or known.attempt < frame.attempt:
            known = self.previews[conversation_id] = Preview(frame.turn, frame.attempt, floor)
        if frame.attempt < known.attempt:
            return False
        if isinstance(frame, Delta):
            if frame.offset <= len(known.text):
                known.text = known.text[: frame.offset] + frame.text
            known.state = "writing"
        elif frame.state in ("done", "dropped"):
            del self.previews[conversation_id]
        else:
            known.state, known.doing = frame.state, frame.doing
        return True

    async def _pump(self, conversation_id: int) -> None:
        try:
            while wanted := self._pumping.get(conversation_id):
                self._pumping[conversation_id] = 0
                if self._are_behind(conversation_id, wanted):
                    for team in (False, True):
                        await self._bring_up_to_date(conversation_id, team)
        except Exception:  # whatever one reader broke, the others are told a moment later
            logger.exception("readers could not be told")
            asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self.nudge, conversation_id)
        finally:
            self._pumping.pop(conversation_id, None)

    def _are_behind(self, conversation_id: int, upto: int) -> bool:
        """Whether a reader can be told something now. A busy one is owed it: its socket asks again when it is free."""
        behind = [reader for reader in self.readers.get(conversation_id, ()) if reader.position < upto]
        for reader in behind:
            reader.owed = reader.owed or reader.busy
        return any(not reader.busy for reader in behind)

    async def _bring_up_to_date(self, conversation_id: int, team: bool) -> None:
        while behind := [r for r in self.readers.get(conversation_id, ()) if r.team is team and not r.busy]:
            start = min(reader.position for reader in behind)
            page = await self._page(conversation_id, start, team)
            for event in page.events:
                self.told(conversation_id, event)
                for reader in behind:
                    if reader.busy:
                        reader.owed = True
                    elif event.seq > reader.position:
                        await reader.hear(event)
            if not page.more:
                return

    async def _page(self, conversation_id: int, start: int, team: bool) -> frames.Page:
        """What follows `start`: from what was committed here just now where that is it, else from the rows."""
        held = frames.next_page(self._newest(conversation_id), seq=start, team=team)
        if held is not None:
            return held
        return await read(frames.after, conversation_id=conversation_id, seq=start, team=team)

    def _newest(self, conversation_id: int) -> Sequence[Event]:
        """What was committed here just now, unless another process has told of something newer."""
        events = self.fresh.get(conversation_id, ())
        return events if events and events[-1].seq >= self.seen.get(conversation_id, 0) else ()

    def _of_readers(self, known: dict[int, Any]) -> dict[int, Any]:
        return {key: value for key, value in known.items() if key in self.readers}

    def queue_changed(self, anew: int = 0) -> None:
        """Somebody's place in the queue may be another one now: those who wait are told, soon; `anew` in any case."""
        self._places.pop(anew, None)
        if self._queue_told:
            self._queue_told = False
            self.spawn(self._tell_queue())

    async def _tell_queue(self) -> None:
        await asyncio.sleep(QUEUE_TOLD_AFTER_S)
        self._queue_told = True
        visitors = [key for key, readers in self.readers.items() if any(not reader.team for reader in readers)]
        places = await read(queue.queues, visitors, timezone.now())
        for conversation_id in visitors:
            public_id, shown = places.get(conversation_id, ("", {}))
            place = shown.get("position", 0)
            if not place or self._places.get(conversation_id) == place:
                if not place:
                    self._places.pop(conversation_id, None)
                continue
            self._places[conversation_id] = place
            frame = ConversationOut(id=public_id, queue=shown)
            for reader in list(self.readers.get(conversation_id, ())):
                if not reader.team:
                    await reader.preview(frame)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("a reader could not be told", exc_info=error)


_FRAMES: Final[dict[str, type[FrameOut]]] = {frame.type: frame for frame in (Delta, TurnOut, TypingOut)}
_hub = Hub()
_loop: asyncio.AbstractEventLoop | None = None
_came: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
_told_of: dict[str, Callable[[dict[str, Any]], None]] = {}
_watcher: Watcher | None = None


def hub() -> Hub:
    """The hub of this process."""
    return _hub


def server_loop() -> asyncio.AbstractEventLoop | None:
    """The loop of this process's sockets, None in a process that has none."""
    return _loop


def frame_of(fields: dict[str, Any]) -> FrameOut:
    """The frame that travelled on the layer."""
    known = dict(fields)
    return _FRAMES[known.pop("type")](**known)


def ring(conversation_id: int, seq: int, floor: int, visitor_id: str = "", events: Sequence[Event] = ()) -> None:
    """After a commit: wake the readers of a conversation, in every process. From any thread.

    `events` are what was committed: this process need not read them again (docs/decisions/fresh-events.md).
    """
    _hub.keep_fresh(conversation_id, events)
    somebody_waits = any(event.client_id for event in events)
    soon = any(event.kind != Kind.MESSAGE for event in events)
    wake = {"type": "wake", "c": conversation_id, "s": seq, "f": floor, "v": visitor_id, "soon": soon}
    _send(wake, after=ACK_FIRST_S if somebody_waits else 0)


def look(conversation_id: int) -> None:
    """What consoles show of a conversation changed without an event: presence, read marks."""
    _send({"type": "look", "c": conversation_id})


def look_here(conversation_id: int) -> None:
    """The same for this process's consoles, where others have been told already. On the server's loop."""
    _came.put_nowait({"type": "look", "c": conversation_id})


def show(conversation_id: int, floor: int, frame: FrameOut, *, team_only: bool = False) -> None:
    """Send a preview or typing to the readers of a conversation, unless its floor has moved on."""
    travelling = {"type": frame.type, **frame.values()}
    _send({"type": "show", "c": conversation_id, "floor": floor, "frame": travelling, "team_only": team_only})


def tell_others(message: dict[str, Any]) -> None:
    """Tell other processes something that is no conversation's: see `told_of`. From any thread."""
    if _loop and _loop.is_running():
        _loop.call_soon_threadsafe(others.tell, message)


def told_of(kind: str, hear: Callable[[dict[str, Any]], None]) -> None:
    """From now on `hear` is called, on the server's loop, with what others tell of this kind."""
    _told_of[kind] = hear


def _send(message: dict[str, Any], *, after: float = 0) -> None:
    if _loop and _loop.is_running():
        _loop.call_soon_threadsafe(_loop.call_later, after, _send_here, message)
    else:
        others.tell(message)


def _send_here(message: dict[str, Any]) -> None:
    _came.put_nowait(message)
    others.tell(message)


async def listen() -> None:
    """Hand on what this process and others tell, until cancelled. Call once, on the server's loop."""
    global _loop, _came
    _came = asyncio.Queue()
    _loop = asyncio.get_running_loop()
    limits.share(lambda fields: tell_others({"type": "limit", **fields}))
    told_of("limit", limits.heard)
    talking = _hub.spawn(others.talk(_came.put_nowait)) if others.are_there() else None
    try:
        while True:
            await _hand_on(await _came.get())
    finally:
        _loop = None
        if talking:
            talking.cancel()


async def watch() -> None:
    """Find what nobody told of: events newer than this process has seen, until cancelled."""
    global _watcher
    # Kept over a failure: what was written meanwhile would otherwise be passed over.
    _watcher = await read(Watcher.from_now) if _watcher is None else _watcher
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        for message in await read(_watcher.look):
            if message["s"] > _hub.seen.get(message["c"], 0):
                await _hand_on(message)


async def _hand_on(message: dict[str, Any]) -> None:
    try:
        await _hub.dispatch(message)
    except Exception:  # an edge of the process: one message that breaks must not make it deaf to all that follow
        logger.exception("a message of the layer could not be handed on")
