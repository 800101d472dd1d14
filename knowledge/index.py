"""The index that this process searches and writes: Chroma where it may, else the exact search over the rows.

Within the web process Chroma has one writer, that process. As its own server it is written by whoever does what may
wait, one at a time, and searched by all. While the server does not answer, searches go over the rows and writes raise
`Away`; the sweep looks for it, puts there what it missed, and goes back to it.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from typing import IO, Final, Protocol, TypeVar

from django.conf import settings

from . import chroma
from .exact import ExactIndex
from .shelf import ANYWHERE, Index, Label, Matrix, Shelf, Where

# A question waits so long for Chroma's server, once: then the rows are searched until it is back.
ASK_SECONDS: Final = 1.0
WRITE_SECONDS: Final = 30.0
AGAIN_AFTER_S: Final = 5.0
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Away(Exception):
    """Chroma does not answer: what was to be written there is due until it does."""


class Connection(Protocol):
    """Opens Chroma for searching and for writing. Raises whatever Chroma raises."""

    def __call__(self) -> tuple[chroma.ChromaIndex, chroma.ChromaIndex]: ...


class _State(Enum):
    HERE = "here"
    HEALING = "healing"
    AWAY = "away"


class Guarded:
    """Chroma, and the exact search over the rows behind it, as one shelf.Index; writes may raise Away."""

    def __init__(self, connect: Connection, rows: Index) -> None:
        self._connect, self._rows = connect, rows
        self._opened: tuple[chroma.ChromaIndex, chroma.ChromaIndex] | None = None
        self._opening = threading.Lock()
        self._state = _State.HERE

    @property
    def here(self) -> bool:
        """Whether searches ask Chroma."""
        return self._state is _State.HERE

    def query(self, key: Shelf, vector: Matrix, n: int, where: Where = ANYWHERE) -> list[tuple[int, float]]:
        """See shelf.Index. Where Chroma does not answer, the rows do."""
        if self.here:
            try:
                return self._try(lambda: self._pair()[0].query(key, vector, n, where))
            except Away:
                pass
        return self._rows.query(key, vector, n, where)

    def upsert(self, key: Shelf, ids: Sequence[int], vectors: Matrix, labels: Sequence[Label]) -> None:
        """See shelf.Index."""
        self._try(lambda: self._pair()[1].upsert(key, ids, vectors, labels))

    def delete(self, key: Shelf, ids: Sequence[int]) -> None:
        """See shelf.Index."""
        self._try(lambda: self._pair()[1].delete(key, ids))

    def ids(self, key: Shelf) -> set[int]:
        """See shelf.Index."""
        return self._try(lambda: self._pair()[1].ids(key))

    def labels(self, key: Shelf) -> dict[int, Label]:
        """See shelf.Index."""
        return self._try(lambda: self._pair()[1].labels(key))

    def shelves(self, site_id: int) -> set[Shelf]:
        """See shelf.Index."""
        return self._try(lambda: self._pair()[1].shelves(site_id))

    def drop(self, key: Shelf) -> None:
        """See shelf.Index."""
        self._try(lambda: self._pair()[1].drop(key))
        self._pair()[0].forget(key)

    def heal(self, put_right: Callable[[], object]) -> None:
        """Connect anew, `put_right` what was missed, and search Chroma again. Raises Away where it is still away."""
        self._let_go()
        self._state = _State.HEALING
        self._try(self._pair)
        put_right()
        if self._state is _State.HEALING:
            self._state = _State.HERE
            _log.info("Chroma answers again.")

    def close(self) -> None:
        """Let go of the folder's files, or of the server."""
        self._let_go()

    def _try(self, call: Callable[[], _T]) -> _T:
        if self._state is _State.AWAY:
            raise Away
        try:
            return call()
        except Away:
            raise
        except Exception as error:
            if not chroma.is_failure(error):
                raise
            _log.warning("Chroma does not answer, the rows are searched: %s: %s", type(error).__name__, error)
            self._state = _State.AWAY
            raise Away from error

    def _pair(self) -> tuple[chroma.ChromaIndex, chroma.ChromaIndex]:
        if self._opened is None:
            with self._opening:
                self._opened = self._opened or self._connect()
        return self._opened

    def _let_go(self) -> None:
        opened, self._opened = self._opened, None
        for each in set(opened or ()):
            each.close()


class Followed:
    """Chroma's server, which others write, and the exact search over the rows behind it: only `query` asks it."""

    def __init__(self, connect: Connection, rows: Index) -> None:
        self._connect, self._rows = connect, rows
        self._opened: chroma.ChromaIndex | None = None
        self._opening = threading.Lock()
        self._again_at = 0.0

    @property
    def here(self) -> bool:
        """Whether searches ask Chroma."""
        return time.monotonic() >= self._again_at

    def query(self, key: Shelf, vector: Matrix, n: int, where: Where = ANYWHERE) -> list[tuple[int, float]]:
        """See shelf.Index. Where Chroma does not answer, the rows do, and it is asked again some seconds later."""
        if self.here:
            try:
                return self._server().query(key, vector, n, where)
            except Exception as error:
                if not chroma.is_failure(error):
                    raise
                _log.warning("Chroma does not answer, the rows are searched: %s: %s", type(error).__name__, error)
                self._opened, self._again_at = None, time.monotonic() + AGAIN_AFTER_S
        return self._rows.query(key, vector, n, where)

    def ids(self, key: Shelf) -> set[int]:
        """See shelf.Index."""
        return self._rows.ids(key)

    def labels(self, key: Shelf) -> dict[int, Label]:
        """See shelf.Index."""
        return self._rows.labels(key)

    def shelves(self, site_id: int) -> set[Shelf]:
        """See shelf.Index."""
        return self._rows.shelves(site_id)

    def upsert(self, key: Shelf, ids: Sequence[int], vectors: Matrix, labels: Sequence[Label]) -> None:
        """Others write."""
        raise Away

    def delete(self, key: Shelf, ids: Sequence[int]) -> None:
        """Others write."""
        raise Away

    def drop(self, key: Shelf) -> None:
        """Others write."""
        raise Away

    def _server(self) -> chroma.ChromaIndex:
        with self._opening:
            self._opened = self._opened or self._connect()[0]
            return self._opened


_opening = threading.Lock()
_lock_file: IO[str] | None = None
_chroma: Guarded | None = None
_followed: Followed | None = None
_writes = False
_rows = ExactIndex(from_rows=True)


def own() -> bool:
    """Become the one writer of Chroma and open it (1 to 2 s); False where another process is.

    Until this has returned, and wherever it returned False, `current()` is the exact search over the rows. Where there
    are other processes, several may write Chroma's server (`indexing.writing` has them take turns); its folder none.
    """
    global _lock_file, _chroma, _writes
    with _opening:
        if _writes:
            return True
        settings.VAR.mkdir(parents=True, exist_ok=True)
        if not settings.TANDEM.is_shared:
            _lock_file = _lock(settings.VAR / "chroma.lock")
            if _lock_file is None:
                return False
        _writes = True
        if settings.TANDEM.is_shared and not settings.TANDEM.chroma_url:
            return True
        chroma.load()
        _chroma = Guarded(_connection(settings.TANDEM.chroma_url, settings.VAR / "chroma"), _rows)
        return True


def disown() -> None:
    """Close Chroma and let another process be its writer."""
    global _lock_file, _chroma, _writes
    with _opening:
        _writes = False
        if _chroma is not None:
            _chroma.close()
            _chroma = None
        if _lock_file is not None:
            _lock_file.close()
            _lock_file = None


def follow() -> None:
    """Search what others write: Chroma's server where there is one, else the rows."""
    global _followed
    if settings.TANDEM.chroma_url:
        chroma.load()
        _followed = Followed(_connection(settings.TANDEM.chroma_url, settings.VAR), _rows)


def owned() -> bool:
    """Whether this process writes the index."""
    return _writes


def is_told() -> bool:
    """Whether this process hears of every change of the index, since it makes them all."""
    return _writes and not settings.TANDEM.is_shared


def away() -> bool:
    """Whether this process should search Chroma and cannot."""
    return _chroma is not None and not _chroma.here


def heal(put_right: Callable[[], object]) -> None:
    """Go back to Chroma after it was away; see Guarded.heal."""
    if _chroma is not None:
        _chroma.heal(put_right)


def current() -> Index:
    """Chroma where this process writes or follows it, else the exact search over the rows."""
    return _chroma or _followed or _rows


def searched() -> str:
    """What `current` searches at this moment, for the trace."""
    asked = _chroma or _followed
    return "chroma" if asked is not None and asked.here else "rows"


def _connection(url: str, folder: Path) -> Connection:
    def to_server() -> tuple[chroma.ChromaIndex, chroma.ChromaIndex]:
        return chroma.at_server(url, seconds=ASK_SECONDS), chroma.at_server(url, seconds=WRITE_SECONDS)

    def to_folder() -> tuple[chroma.ChromaIndex, chroma.ChromaIndex]:
        opened = chroma.in_folder(folder)
        return opened, opened

    return to_server if url else to_folder


def _lock(path: Path) -> IO[str] | None:
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
