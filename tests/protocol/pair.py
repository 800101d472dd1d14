"""The same client's view of two web processes: widgets talk to the first, consoles to the second."""

import json
import signal
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from benchmarks import servers
from benchmarks.fleet import Fleet
from tests.protocol.client import Server


@dataclass
class Pair(Server):
    """Two processes with one demo shop. What is asked by HTTP is asked of the first, logins of the second."""

    fleet: Fleet = field(kw_only=True)

    @classmethod
    def start(cls, folder: Path, **settings: str) -> Self:
        """Start them with a database of their own; `ready` waits for them."""
        assert servers.running
        usual = {"TANDEM_LIMIT_SOCKETS": "5", "TANDEM_LIMIT_NEW_VISITORS": "60"}
        fleet = Fleet(folder / "var", servers.running.another(), usual | settings)
        fleet.spawn()
        assert fleet.webs[0].process
        return cls(fleet.webs[0].process, fleet.webs[0].origin, fleet.var, fleet=fleet)

    @property
    def output(self) -> str:
        """What they have printed."""
        return "".join(each.log.read_text(errors="replace") for each in self.fleet.everyone)

    @property
    def environment(self) -> dict[str, str]:
        """What a command beside them is given."""
        return self.fleet.webs[0].env

    def ready(self, within: float = 110) -> Self:
        """Wait until all answer, and read what they say of the demo shop."""
        self.fleet.wait_ready()
        self.demo = json.loads((self.folder / "demo.json").read_text())
        return self

    def stop(self) -> None:
        """End them as a supervisor would."""
        for each in self.fleet.everyone:
            each.stop(signal.SIGTERM, within=20)

    def socket_url(self, name: str, *, other: bool = False) -> str:
        """The address of the `widget` or the `console` socket; the `other` one is on the other's process."""
        port = self.fleet.webs[(name == "console") != other].port
        return f"ws://127.0.0.1:{port}/ws/v1/{name}/"


def start(folder: Path, **settings: str) -> Server:
    """A server for the tests, as this run wants it."""
    return Pair.start(folder, **settings) if servers.running else Server.start(folder, **settings)
