"""What a source needs of the run that reads it: a place for files, patience with busy servers, and how far it is."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from . import import_files
from .documents.document import Detail, Reason, Unreadable
from .fetch import Fetched
from .models import Import
from .reading import Reader

_LONGEST_WAIT_S: Final = 120.0
_TRIES: Final = 5
_BUSY: Final = frozenset({429, 503})


@dataclass
class Work:
    """What a source needs of the run that it works for."""

    imported: Import
    reader: Reader
    pause: Callable[[float], None]  # wait, and raise where the run is to end
    before: frozenset[str] = frozenset()  # keys that an earlier start of this run has done
    beside: dict[str, Path] = field(default_factory=dict)  # pictures that lie among the files, by key
    led: list[tuple[str, str]] = field(default_factory=list)  # from which address redirects led to which page
    expected: int = 0  # documents or files that there are, as far as it is known
    whole: bool = True  # False where something was left out that may be there

    @property
    def folder(self) -> Path:
        """Where it may keep what was fetched, for a moment."""
        place = import_files.folder(self.imported)
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        return place

    @property
    def embedded(self) -> Path:
        """Where its readers write the pictures that documents hold."""
        return self.folder / "pictures"


class WholeRun(Exception):
    """Nothing can be read from the source at all, or no more of it."""

    def __init__(self, reason: Reason, detail: Detail) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def patiently(work: Work, ask: Callable[[], Fetched]) -> Fetched:
    """Ask again as Retry-After says where a server is busy. Raises Unreadable after some tries."""
    for _try in range(_TRIES):
        answer = ask()
        if answer.status not in _BUSY:
            return answer
        wait = answer.retry_after
        if wait > _LONGEST_WAIT_S:
            break
        work.pause(wait)
    raise Unreadable(Reason.RATE_LIMITED, status=answer.status)
