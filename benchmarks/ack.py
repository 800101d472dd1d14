"""A message from frame in to ack out, beside a stock echo and one raw durable transaction, message by message.

An echo and a transaction stand before every message of ours, so that all find the machine in the same state: after
an answer of the assistant, whose models are 90 MB, the caches hold nothing of either server.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import demo_questions, floors, wire
from .report import Result, Spread, Target
from .rig import Tandem, tandem
from .wire import Wire, message

MESSAGES = 600
WARM_UP = 40
TEXTS = 200
# A turn is over once the server used so little in so long.
QUIET_S = 0.02
QUIET_CPU_S = 0.001
QUIET_LOOKS = 50


@dataclass
class Series:
    """Measurements of one thing: seconds each, and the CPU of the process that did it."""

    once: Callable[[], float]
    cpu: Callable[[], float]
    seconds: list[float] = field(default_factory=list)
    cpu_seconds: float = 0.0

    def take(self) -> None:
        """Measure one more."""
        before = self.cpu()
        self.seconds.append(self.once())
        self.cpu_seconds += self.cpu() - before

    @property
    def cpu_each(self) -> float:
        """CPU milliseconds for one."""
        return 1000 * self.cpu_seconds / max(1, len(self.seconds))

    @property
    def spread(self) -> Spread:
        """Of the seconds."""
        return Spread.of(self.seconds)


@dataclass
class Visitor:
    """A visitor who writes one message at a time, each after all that the one before it caused.

    With the assistant a person is called for who is not answered again and again: then another visitor goes on.
    """

    server: Tandem
    socket: Wire
    by_assistant: bool
    cpu_to_ack: float = 0.0
    texts: Iterator[str] = field(default_factory=lambda: itertools.cycle(demo_questions.texts("en", TEXTS)))

    def once(self) -> float:
        """Seconds from frame in to ack out; waits for what follows."""
        frame = message(next(self.texts) if self.by_assistant else floors.TEXT)
        cpu = self.server.cpu()
        began = time.perf_counter()
        self.socket.send(frame)
        called = False
        while (told := self.socket.receive()).get("id") != frame["id"] or told["type"] != "ack":
            called = called or _calls_a_person(told)
        seconds = time.perf_counter() - began
        self.cpu_to_ack += self.server.cpu() - cpu
        if self.by_assistant and called:
            self._go_on_as_another()
        else:
            self._wait_out()
        return seconds

    def _wait_out(self) -> None:
        if not self.by_assistant:
            self.socket.until("event", kind="message")
            return
        frame = self.socket.receive()
        while frame.get("from", {}).get("role") != "assistant" and not _calls_a_person(frame):
            frame = self.socket.receive()
        self._wait_for_quiet()
        if _calls_a_person(frame):
            self._go_on_as_another()

    def _wait_for_quiet(self) -> None:
        """What a turn does after its answer (citations, the lease's end) is no part of the next message's ack."""
        for _look in range(QUIET_LOOKS):
            before = self.server.cpu()
            time.sleep(QUIET_S)
            if self.server.cpu() - before < QUIET_CPU_S:
                return

    def _go_on_as_another(self) -> None:
        self.socket.close()
        self.socket, _welcome = wire.visitor(self.server.port, self.server.site)
        self.socket.send(message("Hello"))
        self._wait_out()


def _calls_a_person(frame: dict[str, Any]) -> bool:
    """The event may have come right behind the last answer, and the place in the queue after that."""
    return frame.get("kind") == "escalated" or bool(frame.get("queue"))


@dataclass
class Beside:
    """A visitor's messages, and the floor that was measured between them."""

    visitor: Visitor
    own: Series
    echoed: Series
    stored: Series
    synced: Series

    @property
    def times_the_floor(self) -> float:
        """p50 over that of an echo and a transaction."""
        return self.own.spread.p50 / (self.echoed.spread.p50 + self.stored.spread.p50)

    @property
    def cpu_to_ack(self) -> float:
        """CPU milliseconds of the server until the client has the ack."""
        return 1000 * self.visitor.cpu_to_ack / len(self.own.seconds)

    def figures(self, who: str) -> dict[str, Spread | float]:
        """What is shown."""
        return {
            f"ack, {who} has it": self.own.spread,
            f"floor, {who}: stock echo": self.echoed.spread,
            f"floor, {who}: one durable transaction": self.stored.spread,
            f"beside it, {who}: fsync of 4 KiB": self.synced.spread,
            f"CPU ms of the echo, {who}": round(self.echoed.cpu_each, 3),
            f"CPU ms to the ack, {who}": round(self.cpu_to_ack, 3),
            f"CPU ms with all that follows, {who}": round(self.own.cpu_each, 3),
        }


def run() -> Result:
    """First an agent's conversation, then the assistant's."""
    with tandem() as server, floors.echo() as echo, floors.disk() as disk:
        agent = beside(claimed(server), echo, disk)
        assistant = beside(with_assistant(server), echo, disk)
    return Result(
        "ack",
        {**agent.figures("an agent"), **assistant.figures("the assistant")},
        [
            Target("p50, times (echo + transaction), assistant", assistant.times_the_floor, 3.5),
            Target("p50, times (echo + transaction), agent", agent.times_the_floor, 3.5),
            Target("CPU to the ack, times the echo's, assistant", assistant.cpu_to_ack / assistant.echoed.cpu_each, 6),
            Target("CPU with the event, times the echo's, agent", agent.own.cpu_each / agent.echoed.cpu_each, 6),
        ],
    )


def beside(visitor: Visitor, echo: floors.Echo, disk: floors.Disk) -> Beside:
    """Measure a visitor's messages, with the floor before each of them."""
    warm(visitor)
    echoed = Series(echo.once, echo.cpu)
    stored, synced = Series(disk.transaction, time.process_time), Series(disk.fsync, time.process_time)
    own = Series(visitor.once, visitor.server.cpu)
    for _ in range(MESSAGES):
        for series in (echoed, stored, synced, own):
            series.take()
    return Beside(visitor, own, echoed, stored, synced)


def with_assistant(server: Tandem) -> Visitor:
    """A visitor whom the assistant answers."""
    socket, _welcome = wire.visitor(server.port, server.site)
    return Visitor(server, socket, by_assistant=True)


def claimed(server: Tandem) -> Visitor:
    """A visitor whose conversation an agent has claimed, and then closed the console."""
    socket, _welcome = wire.visitor(server.port, server.site)
    socket.send({"type": "person", "id": "asks"})
    conversation = socket.until("conversation")["id"]
    agent, _welcome = wire.console(server.port, server.demo["agent"])
    claim = f"claim of {conversation}"
    agent.send({"type": "claim", "id": claim, "conversation": conversation})
    agent.until("ack", id=claim)
    agent.close()
    socket.until("event", kind="claimed")
    return Visitor(server, socket, by_assistant=False)


def warm(visitor: Visitor) -> None:
    """The first ones are not measured."""
    for _ in range(WARM_UP):
        visitor.once()
    visitor.cpu_to_ack = 0.0
