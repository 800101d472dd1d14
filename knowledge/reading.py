"""Reads files in a process of their own, with bounds of memory and time; see `documents/__main__.py`."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from django.conf import settings

from .documents.archive import Member
from .documents.document import Fault, Reason, Result, from_json
from .documents.sitemap import Sitemap

LARGEST_FILE: Final = 200 * 1024 * 1024
SECONDS: Final = 120.0  # for one file: a manual of 3,000 pages takes about 20 s
MEMORY: Final = 1024**3  # bytes
_LONGEST_LINE: Final = 64 * 1024 * 1024

FORMS: Final = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "lines",
    ".json": "zendesk",
    ".zip": "zip",
}
# A form of one document has its file's key: what is done already need not be read again.
SINGLE: Final = frozenset({"markdown", "html", "pdf", "docx"})


class Reader:
    """The process that reads, started when it is first asked and again after it had to be ended."""

    def __init__(self, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        """A file may take so many seconds, and the process so many bytes."""
        self._seconds, self._memory = seconds, memory
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()

    def read(self, file: Path, *, form: str, key: str, **options: str) -> Iterator[Result]:
        """The documents of a file, or what is wrong with it; never raises for what a file holds."""
        for told in self._ask(file, form, key, options):
            yield told if isinstance(told, Fault) else from_json(told)

    def unpack(self, file: Path, *, key: str, into: Path) -> Iterator[Member | Fault]:
        """The files of an archive, unpacked to `into`."""
        for told in self._ask(file, "zip", key, {"into": str(into)}):
            if isinstance(told, dict) and "member" in told:
                yield Member(**told["member"])
            else:
                yield _fault(told)

    def sitemap(self, file: Path, *, key: str) -> Sitemap | Fault:
        """The addresses in a sitemap."""
        for told in list(self._ask(file, "sitemap", key, {})):
            if isinstance(told, dict) and "sitemap" in told:
                return Sitemap(tuple(told["sitemap"]["pages"]), tuple(told["sitemap"]["sitemaps"]))
            return _fault(told)
        return Fault(key, Reason.CRASHED)

    def _ask(self, file: Path, form: str, key: str, options: dict[str, str]) -> Iterator[dict[str, Any] | Fault]:
        fault = _refused(file, form, key)
        if fault:
            yield fault
            return
        process = self._running()
        assert process.stdin is not None
        request = {"form": form, "file": str(file.resolve()), "key": key, "options": options}
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            self.close()
            yield Fault(key, Reason.CRASHED)
            return
        yield from self._answers(process, key)

    def _answers(self, process: subprocess.Popen[bytes], key: str) -> Iterator[dict[str, Any] | Fault]:
        assert process.stdout is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(self._seconds, give_up)
        timer.daemon = True
        timer.start()
        ended = False
        try:
            while line := process.stdout.readline(_LONGEST_LINE):
                told: dict[str, Any] = json.loads(line)
                if ended := "end" in told:
                    return
                yield told
        except json.JSONDecodeError:
            pass  # cut off: it was ended, or a line was longer than any document may be
        finally:
            timer.cancel()
            if not ended:
                self.close()
        reason = Reason.SLOW if late.is_set() else Reason.CRASHED
        yield Fault(key, reason, {"seconds": int(self._seconds)} if late.is_set() else {})

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "knowledge.documents", str(self._memory)],
                cwd=settings.BASE_DIR,
                env={"PATH": os.defpath, "PYTHONUTF8": "1"},  # no secret of ours is in reach of a file
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        return self._process


def form_of(name: str) -> str:
    """The reader's name for a file's ending; '' for a file that is left out."""
    return FORMS.get(Path(name).suffix.lower(), "")


def _refused(file: Path, form: str, key: str) -> Fault | None:
    if not form:
        return Fault(key, Reason.UNKNOWN_FORM)
    try:
        size = file.stat().st_size
    except OSError:
        return Fault(key, Reason.FILE_GONE)
    if size > LARGEST_FILE:
        return Fault(key, Reason.TOO_LARGE, {"megabytes": size >> 20, "most": LARGEST_FILE >> 20})
    return Fault(key, Reason.EMPTY) if not size else None


def _fault(told: dict[str, Any] | Fault) -> Fault:
    found = told if isinstance(told, Fault) else from_json(told)
    assert isinstance(found, Fault)
    return found
