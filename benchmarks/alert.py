"""From the frame that escalates to the alert in a console, while 200 other sockets chat."""

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from . import wire
from .report import Result, Spread, Target
from .rig import ROOT, Tandem, tandem
from .wire import Wire, message

SOCKETS = 200
SECONDS_BETWEEN = 20.0  # of one visitor's messages: ten a second together
ALERTS = 120
TEXT = "THIS IS A SCAM, I WANT TO SPEAK TO A MANAGER NOW!!!"


class Console:
    """An agent's socket, read by a thread that notes when each conversation's alert came."""

    def __init__(self, server: Tandem, who: str = "agent") -> None:
        self._wire, _welcome = wire.console(server.port, server.demo[who])
        self._came: dict[str, float] = {}
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def alert_of(self, conversation: str) -> float:
        """When the alert of that conversation came, by this machine's perf_counter."""
        with self._news:
            if not self._news.wait_for(lambda: conversation in self._came, timeout=20):
                raise TimeoutError(f"no alert of {conversation}")
            return self._came[conversation]

    def _read(self) -> None:
        with contextlib.suppress(ConnectionError, OSError):
            while True:
                frame = self._wire.receive()
                if frame["type"] == "alert":
                    with self._news:
                        self._came[frame["conversation"]] = time.perf_counter()
                        self._news.notify()


def run() -> Result:
    """Alone first, then beside the chatting."""
    with tandem() as server:
        console = Console(server)
        alone = [once(server, [console]) for _ in range(ALERTS // 4)]
        with chatting(server, SOCKETS, SECONDS_BETWEEN):
            before = server.cpu(), time.monotonic()
            beside = [once(server, [console]) for _ in range(ALERTS)]
            share = (server.cpu() - before[0]) / (time.monotonic() - before[1])
    spread = Spread.of(beside)
    figures = {
        "alone": Spread.of(alone),
        f"beside {SOCKETS} chatting sockets": spread,
        "the server's CPU meanwhile, cores": round(share, 2),
    }
    return Result("alert", figures, [Target("p99 ms", spread.p99, 100)])


def once(server: Tandem, consoles: Sequence[Console]) -> float:
    """A new visitor writes something calm, then in anger; seconds from that frame to the last console's alert."""
    socket, _welcome = wire.visitor(server.port, server.site)
    try:
        socket.send(message("Hello"))
        conversation = socket.until("conversation")["id"]
        _answered(socket)
        began = time.perf_counter()
        socket.send(message(TEXT))
        return max(console.alert_of(conversation) for console in consoles) - began
    finally:
        socket.close()


def _answered(socket: Wire) -> None:
    while socket.receive().get("from", {}).get("role") != "assistant":
        pass


@contextlib.contextmanager
def chatting(server: Tandem, sockets: int, between: float) -> Iterator[None]:
    """Visitors in a process of their own, each of whom asks something every `between` seconds or so."""
    words = [str(server.port), server.site, str(sockets), str(between)]
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.chatter", *words], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        process.stdout.readline()
        time.sleep(min(between / 2, 20))
        yield
        if process.poll() is not None:
            raise RuntimeError("the chatting ended")
    finally:
        process.kill()
        process.wait()
