"""Tandem as this run has it, embedded or as a fleet, for tests that kill a part of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import servers
from benchmarks.fleet import Fleet
from benchmarks.rig import Tandem
from tests.protocol.client import Server


@dataclass
class Party:
    """Its processes by what is lost with them. The visitor is at the first web process, the agent at the last."""

    web: Tandem
    desk: Tandem
    worker: Tandem | None = None

    @property
    def victims(self) -> dict[str, Tandem | None]:
        """What may be killed: a process, or (None) the agent's browser."""
        found: dict[str, Tandem | None] = {"web": self.web, "browser": None}
        if self.worker:
            found |= {"agent's web": self.desk, "worker": self.worker}
        return found

    @property
    def door(self) -> Server:
        """The agent's process, as the protocol's client sees it."""
        assert self.desk.process
        return Server(self.desk.process, self.desk.origin, self.desk.var, self.desk.demo)


@contextmanager
def party(folder: Path, installation: Callable[[], Tandem]) -> Iterator[Party]:
    """A running one; `installation` makes what it is where no servers run."""
    if servers.running:
        fleet = Fleet(folder / "fleet", servers.running.another())
        try:
            fleet.start()
            yield Party(*fleet.webs, fleet.worker)
        finally:
            fleet.kill()
    else:
        alone = installation()
        alone.start()
        yield Party(alone, alone)
