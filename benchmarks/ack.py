"""A message from frame in to ack out, beside a stock echo and one raw durable transaction, one after the other."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from . import floors, wire
from .report import Result, Spread, Target
from .rig import Tandem, tandem
from .wire import Wire, message

ROUNDS = 30
IN_A_ROUND = 20
WARM_UP = 40


@dataclass
class Series:
    """Measurements of one thing: seconds each, and the CPU of the process that did it."""

    seconds: list[float] = field(default_factory=list)
    cpu: float = 0.0

    def take(self, once: Callable[[], float], cpu: Callable[[], float]) -> None:
        """Measure `IN_A_ROUND` more."""
        before = cpu()
        self.seconds += [once() for _ in range(IN_A_ROUND)]
        self.cpu += cpu() - before

    @property
    def cpu_each(self) -> float:
        """CPU milliseconds for one."""
        return 1000 * self.cpu / max(1, len(self.seconds))


@dataclass
class Visitor:
    """A visitor who writes one message at a time, each after all that the one before it caused."""

    server: Tandem
    socket: Wire
    by_assistant: bool
    cpu_to_ack: float = 0.0

    def once(self) -> float:
        """Seconds from frame in to ack out; waits for what follows."""
        frame = message(floors.TEXT)
        cpu = self.server.cpu()
        began = time.perf_counter()
        self.socket.send(frame)
        self.socket.until("ack", id=frame["id"])
        seconds = time.perf_counter() - began
        self.cpu_to_ack += self.server.cpu() - cpu
        self._wait_out()
        return seconds

    def _wait_out(self) -> None:
        if not self.by_assistant:
            self.socket.until("event", kind="message")
            return
        while self.socket.receive().get("from", {}).get("role") != "assistant":
            pass
        time.sleep(0.01)  # the turn's last frame, its lease's end


def run() -> Result:
    """Interleave all of them, round by round."""
    with tandem() as server, floors.echo() as echo, floors.disk() as disk:
        agents, assistant = claimed(server), with_assistant(server)
        echoed, stored, synced = Series(), Series(), Series()
        held, asked = Series(), Series()
        for visitor in (agents, assistant):
            warm(visitor)
        for _ in range(ROUNDS):
            echoed.take(echo.once, echo.cpu)
            held.take(agents.once, server.cpu)
            stored.take(disk.transaction, time.process_time)
            synced.take(disk.fsync, time.process_time)
            asked.take(assistant.once, server.cpu)
        return _result(echoed, stored, synced, held, asked, assistant, agents)


def _result(
    echoed: Series, stored: Series, synced: Series, held: Series, asked: Series, assistant: Visitor, agents: Visitor
) -> Result:
    ack, ack_held = Spread.of(asked.seconds), Spread.of(held.seconds)
    floor = Spread.of(echoed.seconds).p50 + Spread.of(stored.seconds).p50
    to_ack = 1000 * assistant.cpu_to_ack / len(asked.seconds)
    to_ack_held = 1000 * agents.cpu_to_ack / len(held.seconds)
    return Result(
        "ack",
        {
            "ack, the assistant has it": ack,
            "ack, an agent has it": ack_held,
            "floor: stock echo": Spread.of(echoed.seconds),
            "floor: one durable transaction": Spread.of(stored.seconds),
            "beside it: fsync of 4 KiB": Spread.of(synced.seconds),
            "CPU ms of the echo, a message": round(echoed.cpu_each, 3),
            "CPU ms to the ack, the assistant has it": round(to_ack, 3),
            "CPU ms to the ack, an agent has it": round(to_ack_held, 3),
            "CPU ms with the event that follows": round(held.cpu_each, 3),
            "CPU ms with the whole answer": round(asked.cpu_each, 3),
        },
        [
            Target("p50, times (echo + transaction), assistant", ack.p50 / floor, 3.5),
            Target("p50, times (echo + transaction), agent", ack_held.p50 / floor, 3.5),
            Target("CPU to the ack, times the echo's, assistant", to_ack / echoed.cpu_each, 6),
            Target("CPU with the event, times the echo's, agent", held.cpu_each / echoed.cpu_each, 6),
        ],
    )


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
