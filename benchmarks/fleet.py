"""Tandem on many machines, on this one: two web processes and a worker over PostgreSQL and Redis."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .rig import READY_WITHIN_S, Tandem, folder, free_port
from .servers import Servers, servers


@dataclass
class Fleet:
    """The processes of one installation. The second web process answers to the first one's address too."""

    var: Path
    servers: Servers
    extra: dict[str, str] = field(default_factory=dict)
    webs: tuple[Tandem, Tandem] = field(init=False)
    worker: Tandem = field(init=False)

    def __post_init__(self) -> None:
        first, second, other = free_port(), free_port(), free_port()
        extra = {"TANDEM_URL": f"http://127.0.0.1:{first}", **self.servers.settings, **self.extra}
        self.webs = Tandem(self.var, first, extra), Tandem(self.var, second, extra)
        self.worker = Tandem(self.var, other, extra, program="work")

    @property
    def everyone(self) -> tuple[Tandem, ...]:
        """All processes."""
        return *self.webs, self.worker

    def spawn(self) -> None:
        """Start those that do not run, without waiting."""
        self.var.mkdir(parents=True, exist_ok=True)
        for each in self.everyone:
            if each.process is None or each.process.poll() is not None:
                each.spawn()

    def wait_ready(self) -> None:
        """Until all do what they are for."""
        deadline = time.monotonic() + READY_WITHIN_S
        for each in self.everyone:
            each.wait_ready(deadline)

    def start(self) -> None:
        """Start all, and wait."""
        self.spawn()
        self.wait_ready()

    def kill(self) -> None:
        """kill -9, everyone."""
        for each in self.everyone:
            each.kill()

    def stop(self) -> None:
        """End it as a service manager does."""
        for each in self.everyone:
            each.stop(within=20)

    def tail(self) -> str:
        """The last words of each."""
        return "\n".join(f"{each.program} on {each.port}:\n{each.tail(1500)}" for each in self.everyone)


@contextlib.contextmanager
def fleet(*, durable: bool = True, **extra: str) -> Iterator[Fleet]:
    """One at rest, everything indexed, thrown away at the end. Raises servers.Missing."""
    with folder() as place, servers(durable=durable) as both:
        made = Fleet(place / "var", both, extra)
        try:
            made.start()
            made.webs[0].settle()
            yield made
        finally:
            made.kill()
