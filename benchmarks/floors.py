"""What this machine needs at the least: an echo, one durable transaction, an fsync, a wake-up."""

import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .rig import ROOT, cpu_of, free_port
from .wire import Wire, message

TEXT = "My order has not arrived yet, where is it?"


@dataclass
class Echo:
    """The stock echo, and its process."""

    pid: int
    wire: Wire

    def once(self) -> float:
        """Seconds from frame in to frame out."""
        frame = message(TEXT)
        began = time.perf_counter()
        self.wire.send(frame)
        self.wire.receive()
        return time.perf_counter() - began

    def cpu(self) -> float:
        """CPU seconds that it has used."""
        return cpu_of(self.pid)


@contextlib.contextmanager
def echo() -> Iterator[Echo]:
    """A stock Daphne with the stock echo, in a process of its own."""
    port = free_port()
    command = [sys.executable, "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "benchmarks.echo:application"]
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        _wait_listening(port)
        yield Echo(process.pid, Wire(port, "/"))
    finally:
        process.kill()
        process.wait()


def _wait_listening(port: int) -> None:
    for _ in range(1000):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise RuntimeError("the echo does not listen")


@dataclass
class Disk:
    """One raw durable transaction on SQLite, and one fsync, on the disk where the servers' folders are."""

    folder: Path
    base: sqlite3.Connection = field(init=False)

    def __post_init__(self) -> None:
        self.base = sqlite3.connect(self.folder / "floor.sqlite3", isolation_level=None)
        self.base.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "CREATE TABLE conversation (id INTEGER PRIMARY KEY, seq INTEGER);"
            "CREATE TABLE event (id INTEGER PRIMARY KEY, conversation INTEGER, seq INTEGER, body TEXT);"
            "INSERT INTO conversation VALUES (1, 0);"
        )
        self.file = os.open(self.folder / "floor.bytes", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def transaction(self) -> float:
        """Seconds for one: bump a number, insert a row, commit."""
        began = time.perf_counter()
        self.base.execute("BEGIN IMMEDIATE")
        self.base.execute("UPDATE conversation SET seq = seq + 1 WHERE id = 1")
        self.base.execute("INSERT INTO event (conversation, seq, body) SELECT 1, seq, ? FROM conversation", (TEXT,))
        self.base.execute("COMMIT")
        return time.perf_counter() - began

    def fsync(self) -> float:
        """Seconds to write a page and have it on the disk."""
        os.write(self.file, bytes(4096))
        began = time.perf_counter()
        os.fsync(self.file)
        return time.perf_counter() - began

    def close(self) -> None:
        """Let go of the files."""
        self.base.close()
        os.close(self.file)


@contextlib.contextmanager
def disk() -> Iterator[Disk]:
    """The disk under the folders that are thrown away."""
    with tempfile.TemporaryDirectory(prefix="tandem-floor-") as folder:
        there = Disk(Path(folder))
        try:
            yield there
        finally:
            there.close()


def late() -> float:
    """How late, in seconds, a thread wakes that wanted to sleep for a millisecond: the machine's own noise."""
    began = time.perf_counter()
    time.sleep(0.001)
    return time.perf_counter() - began - 0.001
