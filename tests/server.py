"""A real server for tests: `manage.py serve` as a child process, on a free port, in a folder of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from tests import ready

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 90


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class ServerProcess:
    """`manage.py serve`. Its output is in `log`."""

    def __init__(self, folder: Path, *, port: int | None = None, **settings: str) -> None:
        self.folder = folder
        self.port = port or free_port()
        self.settings = settings
        self.log = folder / "serve.log"
        ready.copy_to(folder)
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def demo(self) -> dict[str, Any]:
        """What it wrote into demo.json."""
        return json.loads((self.folder / "demo.json").read_text("utf-8"))

    def start(self) -> "ServerProcess":
        """Start it, and return once it is ready."""
        environment = {**os.environ, "PORT": str(self.port), "TANDEM_VAR": str(self.folder), **self.settings}
        with self.log.open("ab") as out:
            command = [sys.executable, "manage.py", "serve"]
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True
            )
        self.wait()
        return self

    def wait(self) -> None:
        """Return once /healthz says 200. Raises AssertionError with the end of the log where it does not."""
        assert self.process
        end = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < end:
            assert self.process.poll() is None, "the server ended:\n" + self.tail()
            try:
                with urllib.request.urlopen(self.url + "/healthz", timeout=1):
                    return
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError("the server was not ready in time:\n" + self.tail())

    def kill(self) -> None:
        """kill -9, as a crash would."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Ask it to end; its exit code."""
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(15)

    def tail(self) -> str:
        """The end of what it printed."""
        return self.log.read_text("utf-8", "replace")[-3000:]
