"""Ctrl-C and SIGTERM: every socket is told to come back, and no process, lock or half-written file stays."""

import asyncio
import fcntl
import os
import signal
import time
from pathlib import Path

import pytest

from benchmarks.rig import Tandem

from . import truth
from .crowd import Crowd

GONE_WITHIN_S = 4.0
HALF_WRITTEN = ("*.part", "*.tmp", ".probe", "secret-key.*", "*-journal")
RESTART = 4012
KEPT = 2  # visitors who are there through all stops
SIGNALS = ([signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM, signal.SIGTERM])
pytestmark = pytest.mark.timeout(300)


async def test_a_stop_tells_every_socket_and_leaves_nothing(server: Tandem, crowd: Crowd) -> None:
    """In the middle of answers, by one signal or by two (make hands its own on); then all goes on where it was.

    One after the other at one server: what a stop left behind would meet the next one.
    """
    for signals in SIGNALS:
        await crowd.gather(newcomers=6)
        await crowd.ask(most=2)
        await asyncio.wait_for(crowd.first["ack"].wait(), 20)
        group = server.pid
        await _end(server, signals)
        await crowd.lost()
        assert {visitor.closed_with for visitor in crowd.visitors} == {RESTART}, signals
        assert not _processes_of(group), signals
        _check_folder(server.var)
        await asyncio.to_thread(server.start)
        await crowd.gather(newcomers=0)
        await crowd.at_rest(within=30)
        truth.check(crowd)
        await crowd.let_go(stay=KEPT)


async def test_a_stop_before_ready_leaves_nothing(installation: Tandem) -> None:
    """Somebody changes their mind while it loads."""
    installation.spawn()
    group = installation.pid
    while "database" not in installation.tail():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.5)
    await _end(installation, [signal.SIGTERM], within=GONE_WITHIN_S + 4)
    assert not _processes_of(group)
    _check_folder(installation.var)
    assert "Traceback" not in installation.tail()


async def _end(server: Tandem, signals: list[signal.Signals], within: float = GONE_WITHIN_S) -> None:
    process = server.process
    assert process
    began = time.monotonic()
    for number in signals:
        process.send_signal(number)
        await asyncio.sleep(0.1)
    await asyncio.wait_for(asyncio.to_thread(process.wait), 30)
    took = time.monotonic() - began
    assert took < within, f"it took {took:.1f} s"
    assert process.returncode in (0, -signals[0]), server.tail()
    assert "Traceback" not in server.tail(), server.tail()


def _processes_of(group: int) -> list[int]:
    """Processes of the server's group that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.getpgid(int(entry.name)) == group:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found


def _check_folder(var: Path) -> None:
    assert not [path for pattern in HALF_WRITTEN for path in var.rglob(pattern)]
    for path in var.glob("*.lock"):
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
