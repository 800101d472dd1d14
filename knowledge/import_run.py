"""Runs an import, one at a time in a process, until it is done, stopped or failed; after a kill it goes on."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any, Final

from django.db import OperationalError
from django.utils import timezone

from . import imports, publish, sources
from .documents.document import Result
from .import_pictures import Copier
from .keeping import Keeper, NotOurs
from .models import Import, ImportKind, ImportState
from .reading import Reader
from .work import WholeRun, Work

_SOURCES: Final[dict[str, Callable[[Work], Iterator[Result]]]] = {
    ImportKind.FILES: sources.files,
    ImportKind.WEB: sources.web,
    ImportKind.ZENDESK: sources.zendesk,
}
logger = logging.getLogger(__name__)
_RENEWED_EVERY_S: Final = 0.5
# Two imports at once would hold both of the worker's threads, and nothing else would be done.
_one = threading.Lock()


class _Stopped(Exception):
    """Somebody wants it to end."""


def run(import_id: int) -> None:
    """Take the import and read its source. Does nothing where another runs it, or where one runs here already."""
    if not _one.acquire(blocking=False):
        return
    try:
        imported = imports.take(import_id, now=timezone.now())
        if imported:
            go(imported)
    finally:
        _one.release()


def go(imported: Import, *, tell: Callable[[Work, Keeper], None] | None = None) -> None:
    """Read the source of an import that the caller has leased. `tell` hears how far it is, twice a second."""
    _Run(imported, tell).run()


class _Run:
    def __init__(self, imported: Import, tell: Callable[[Work, Keeper], None] | None) -> None:
        self._import = imported
        self._tell = tell
        self._renewed = 0.0

    def run(self) -> None:
        """To its end, whatever that is; a crash of ours leaves it to the sweep."""
        try:
            with Reader() as reader:
                self._work = Work(self._import, reader, self._pause)
                with closing(Copier(self._work)) as copier:
                    self._keeper = Keeper(self._import, copier.copied, self._work.led)
                    self._work.before = self._keeper.before
                    ended = self._ended()
            self._keeper.flush()
            imports.finish(imported=self._import, now=timezone.now(), **ended)
        except NotOurs:
            return
        publish.wake_sweep()

    def _ended(self) -> dict[str, Any]:
        try:
            self._read()
        except _Stopped:
            return {"state": ImportState.STOPPED}
        except WholeRun as error:
            return {"state": ImportState.FAILED, "reason": error.reason, "detail": error.detail}
        return {"state": ImportState.DONE}

    def _read(self) -> None:
        self._renew()
        for result in _SOURCES[self._import.kind](self._work):
            self._keep(result)
            if time.monotonic() - self._renewed > _RENEWED_EVERY_S:
                self._renew()
        self._keeper.flush()
        if self._work.whole and self._import.kind != ImportKind.FILES:
            self._keeper.flag_vanished(timezone.now())
        for _article in self._keeper.turn_links(timezone.now()):
            if time.monotonic() - self._renewed > _RENEWED_EVERY_S:
                self._renew()
        self._work.expected = max(self._work.expected, self._keeper.count)
        self._renew()

    def _keep(self, result: Result) -> None:
        try:
            self._keeper.keep(result, now=timezone.now())
        except (NotOurs, _Stopped, OperationalError):  # of the run, or of the database
            raise
        except Exception:  # the edge of a document: one that breaks us must not be read again for ever
            logger.exception("Import %s could not keep line %s of a document", self._import.pk, result.line)
            self._keeper.give_up(result)

    def _renew(self) -> None:
        self._renewed = time.monotonic()
        state = imports.renew(imported=self._import, now=timezone.now(), expected=self._work.expected)
        if state is None:
            raise NotOurs
        if self._tell:
            self._tell(self._work, self._keeper)
        if state == ImportState.STOPPING:
            raise _Stopped

    def _pause(self, seconds: float) -> None:
        """Wait, in small steps: the import stays ours, and can be stopped meanwhile."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _RENEWED_EVERY_S))
            if time.monotonic() - self._renewed > _RENEWED_EVERY_S:
                self._renew()
