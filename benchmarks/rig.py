"""The real server as a child process, and what is needed to start, watch and end it. Used by tests/faults too."""

import atexit
import contextlib
import functools
import json
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN_S = 180.0
QUIET_CPU = 0.12  # of a second: the watcher, the sweeps, the clock
_UNINDEXED = """SELECT count(*) FROM knowledge_version version JOIN knowledge_article article
    ON article.published_id = version.id WHERE version.indexed_at IS NULL"""
_GROUND = range(20_000, 32_000)  # below Linux's ephemeral ports: a client of ours never takes one of these meanwhile


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    for port in random.SystemRandom().sample(_GROUND, 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    raise RuntimeError("no free port")


@dataclass
class Tandem:
    """One installation: a folder, a port, and the process that serves it, if it runs."""

    var: Path
    port: int = field(default_factory=free_port)
    extra: dict[str, str] = field(default_factory=dict)
    program: str = "serve"
    process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """The environment of the server and of commands beside it."""
        limits = {"TANDEM_LIMIT_MESSAGES": "0", "TANDEM_LIMIT_NEW_VISITORS": "0", "TANDEM_LIMIT_SOCKETS": "0"}
        own = {"PORT": str(self.port), "TANDEM_VAR": str(self.var), "PYTHONUNBUFFERED": "1"}
        foreign = ("TANDEM_", "DJANGO_", "DATABASE_URL", "REDIS_URL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {**kept, **limits, **own, **self.extra}

    @property
    def log(self) -> Path:
        """Where the server's output goes: beside its folder, which is the server's own."""
        return self.var.with_name(
            f"{self.var.name}-{self.port}.log" if self.extra.get("REDIS_URL") else f"{self.var.name}.log"
        )

    @property
    def pid(self) -> int:
        """The server's process id."""
        assert self.process is not None
        return self.process.pid

    @property
    def site(self) -> str:
        """The demo site's public key."""
        return str(self.demo["site"])

    @property
    def demo(self) -> dict[str, Any]:
        """What the server tells a newcomer."""
        told: dict[str, Any] = json.loads((self.var / "demo.json").read_text("utf-8"))
        return told

    @property
    def origin(self) -> str:
        """The demo shop's own address."""
        return f"http://127.0.0.1:{self.port}"

    def spawn(self) -> None:
        """Start the server in a group of its own, without waiting."""
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", self.program],
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def start(self) -> float:
        """Start the server; seconds until it was ready."""
        began = time.monotonic()
        self.spawn()
        self.wait_ready(began + READY_WITHIN_S)
        return time.monotonic() - began

    def wait_ready(self, deadline: float) -> None:
        """Until /healthz says 200."""
        while not self.healthy():
            if self.process is None or self.process.poll() is not None:
                raise RuntimeError(f"the server ended by itself:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server is not ready:\n{self.tail()}")
            time.sleep(0.05)

    def healthy(self) -> bool:
        """Whether /healthz answers 200 now; of a worker, whether it said that it is at work."""
        if self.program == "work":
            return "at work" in self.tail()
        try:
            with urllib.request.urlopen(f"{self.origin}/healthz", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """kill -9, at once."""
        self._end(signal.SIGKILL)

    def stop(self, number: signal.Signals = signal.SIGTERM, within: float = 10.0) -> float:
        """End it as a service manager does; seconds until it was gone."""
        began = time.monotonic()
        self._end(number, within)
        return time.monotonic() - began

    def _end(self, number: signal.Signals, within: float = 10.0) -> None:
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"the server did not end within {within} s of {number.name}:\n{self.tail()}") from None

    def tail(self, characters: int = 3000) -> str:
        """The last words of the server."""
        return self.log.read_text("utf-8", "replace")[-characters:] if self.log.exists() else ""

    def command(self, *words: str, within: float = 120.0) -> str:
        """Run a command of manage.py beside the server; its output. Raises where it fails."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=within,
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def settle(self, within: float = 600.0) -> None:
        """Until it does nothing by itself: everything is indexed, and two seconds pass almost without CPU."""
        deadline = time.monotonic() + within
        quiet = 0
        while quiet < 2:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the server does not come to rest:\n{self.tail()}")
            before = self.cpu()
            time.sleep(1)
            quiet = quiet + 1 if self.cpu() - before < QUIET_CPU and not self.unindexed() else 0

    def unindexed(self) -> int:
        """Published versions that are not findable yet."""
        return int(self.rows(_UNINDEXED)[0][0])

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the database says, read beside the server."""
        if url := self.extra.get("DATABASE_URL"):
            with psycopg.connect(url) as connection:
                return connection.execute(query).fetchall()  # type: ignore[call-overload, no-any-return]
        base = sqlite3.connect(f"file:{self.var / 'tandem.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            return base.execute(query).fetchall()
        finally:
            base.close()

    def cpu(self) -> float:
        """CPU seconds that the server has used, all threads, to the nanosecond."""
        return cpu_of(self.pid)


def cpu_of(pid: int) -> float:
    """CPU seconds of another process: its clock as clock_getcpuclockid(3) names it."""
    return time.clock_gettime((~pid << 3) | 2)


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A folder that is thrown away, on the disk where servers keep theirs."""
    with tempfile.TemporaryDirectory(prefix="tandem-rig-", ignore_cleanup_errors=True) as path:
        yield Path(path)


@contextlib.contextmanager
def tandem(**extra: str) -> Iterator[Tandem]:
    """A server at rest, everything indexed, in a folder that is thrown away."""
    with folder() as place:
        shutil.copytree(_prepared(), place / "var")
        server = Tandem(place / "var", extra=extra)
        try:
            server.start()
            server.settle()
            yield server
        finally:
            server.kill()


@functools.cache
def _prepared() -> Path:
    """The folder of a first start, indexed and ended properly; made once in a run and copied for each server."""
    place = tempfile.mkdtemp(prefix="tandem-rig-")
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return first_start(Path(place) / "var")


def first_start(var: Path) -> Path:
    """Start a server in a new folder until everything is indexed, and end it properly. Returns the folder."""
    server = Tandem(var)
    server.start()
    try:
        server.settle()
        server.stop()
    finally:
        server.kill()
    return server.var
