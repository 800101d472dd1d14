"""Runs whatever tests are named on PostgreSQL, Redis and two web processes: `pytest -p tests.on_servers …`.

It starts the servers as it is imported, before Django's settings are read, and ends them with the process.
"""

import atexit
import contextlib
import os
import sys
from pathlib import Path

import pytest

from benchmarks import servers

_stack = contextlib.ExitStack()
missing = ""
NOT_HERE = {
    "test_doctor.py",  # these servers wait for no disk, which the doctor reports: tests/servers/test_doctor_there.py
    "test_backup.py",  # of SQLite's file; pg_dump is PostgreSQL's own
}


def _start() -> None:
    global missing
    try:
        servers.running = _stack.enter_context(servers.servers(durable=False))
        os.environ.update(servers.running.settings)
    except servers.Missing as lacking:
        missing = str(lacking)
        sys.stderr.write(f"{'!' * 79}\nNothing is tested on PostgreSQL and Redis: {missing}\n{'!' * 79}\n")


if "PYTEST_XDIST_WORKER" not in os.environ:
    _start()
    atexit.register(_stack.close)


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """What cannot be asked of these servers is not collected."""
    return True if collection_path.name in NOT_HERE else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without the servers nothing can be said: skipped here, failed in CI."""
    if missing and os.environ.get("CI"):
        raise pytest.UsageError(missing)
    for item in items if missing else ():
        item.add_marker(pytest.mark.skip(reason=missing))
