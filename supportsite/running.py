"""Whether a server uses this installation's folder: each holds `serve.lock` shared, and a restore takes it alone."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.conf import settings

_held: IO[str] | None = None


def join() -> bool:
    """Say, for as long as this process lives, that a server runs here; False where somebody needs it not to."""
    global _held
    _held = _held or _lock(fcntl.LOCK_SH)
    return _held is not None


@contextmanager
def alone() -> Iterator[bool]:
    """Keep servers away for a while; the value is False where one runs already."""
    lock = _lock(fcntl.LOCK_EX)
    try:
        yield lock is not None
    finally:
        if lock:
            lock.close()


def _lock(kind: int) -> IO[str] | None:
    file = (settings.VAR / "serve.lock").open("a")
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
