"""Work that only one may do at a time: one thread of this process, and where there are others, one of all processes.

Between processes it is PostgreSQL's advisory lock, held by this thread's connection: who is killed holds nothing.
"""

import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Final

from django.conf import settings
from django.db import connection

_OURS: Final = 0x7A4D  # among the locks of this database


class Alone:
    """`with` waits its turn; `tried` does not."""

    def __init__(self, name: str) -> None:
        self._thread = threading.Lock()
        self._key = zlib.crc32(name.encode()) - 2**31

    def __enter__(self) -> None:
        """Wait until nobody else is at it."""
        self._thread.acquire()
        try:
            self._ask("pg_advisory_lock")
        except BaseException:
            self._thread.release()
            raise

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """The next one may."""
        try:
            self._ask("pg_advisory_unlock")
        finally:
            self._thread.release()

    @contextmanager
    def tried(self) -> Iterator[bool]:
        """Whether it is ours; where another is at it, False at once."""
        if not self._thread.acquire(blocking=False):
            yield False
            return
        try:
            held = self._ask("pg_try_advisory_lock")
            try:
                yield held
            finally:
                if held:
                    self._ask("pg_advisory_unlock")
        finally:
            self._thread.release()

    def _ask(self, function: str) -> bool:
        if not settings.TANDEM.is_shared or connection.vendor != "postgresql":  # an evaluation has rows of its own
            return True
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [_OURS, self._key])
            return cursor.fetchone()[0] is not False
