"""Pictures that imported documents name: copied to us, so that no reader's browser asks another host for one."""

import io
import posixpath
import re
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.utils import timezone

from . import pictures
from .addresses import PICTURES
from .documents.document import EMBEDDED, Document, Note, Reason, Unreadable
from .fetch import Fetcher, is_named, parsed
from .models import ImportKind
from .picture_names import renamed
from .robots import Robots
from .work import Work

MOST: Final = 200  # of one document; what is beyond stays where it is
_SECONDS: Final = 20.0
_BETWEEN_S: Final = 0.1
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")


class Copier:
    """Copies the pictures of one run, each once. Close it in the end."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self._fetcher = Fetcher(seconds=_SECONDS, largest=pictures.LARGEST_FILE, inside=_is_trusted(work))
        self._robots = Robots(self._fetcher)
        self._done: dict[str, str] = {}  # path of the copy by address, '' where there is none

    def close(self) -> None:
        """Close what is open."""
        self._fetcher.close()

    def copied(self, document: Document) -> Document:
        """With our copies in place of the pictures, and notes of how many there are.

        One of the web that could not be had stays as it is, and readers see a link; one of a file goes, its words stay.
        """
        wanted = [address for address in document.pictures if not _is_ours(address)]
        if not wanted:
            return document
        found = {address: self._path(address, document.key) for address in wanted[:MOST]}
        links = [address for address in wanted if _is_web(address) and not found.get(address)]
        lost = [address for address, path in found.items() if not path and not _is_web(address)]
        moved = {address: path for address, path in found.items() if address not in links}
        copies = len(wanted) - len(links) - len(lost)
        counted = {Reason.PICTURES_COPIED: copies, Reason.PICTURES_ARE_LINKS: len(links)}
        notes = (Note(reason, {"count": count}) for reason, count in counted.items() if count)
        filing = document.filing
        if filing and filing.draft:
            filing = replace(filing, draft=replace(filing.draft, body=renamed(filing.draft.body, moved)))
        return replace(
            document,
            body=renamed(document.body, moved),
            filing=filing,
            notes=(*_with_lost(document.notes, len(lost)), *notes),
        )

    def _path(self, address: str, key: str) -> str:
        name = address if _is_web(address) or address.startswith(EMBEDDED) else _beside(address, key)
        if name not in self._done:
            self._done[name] = self._copy(name)
        return self._done[name]

    def _copy(self, name: str) -> str:
        try:
            file = io.BytesIO(self._data(name))
            picture = pictures.store(site=self._work.imported.site, file=file, now=timezone.now())
        except (Unreadable, OSError, pictures.BadPicture):
            return ""
        return pictures.path_of(picture)

    def _data(self, name: str) -> bytes:
        if _is_web(name):
            return self._fetch(name)
        file = self._embedded(name) if name.startswith(EMBEDDED) else self._work.beside.get(name)
        return _read(file) if file else b""

    def _fetch(self, address: str) -> bytes:
        self._work.pause(_BETWEEN_S)
        fetched = self._fetcher.get(address, admit=self._robots.admit)
        return fetched.data if fetched.status == 200 else b""

    def _embedded(self, name: str) -> Path | None:
        digest = name.removeprefix(EMBEDDED)
        return self._work.embedded / digest if _DIGEST.match(digest) else None


def _is_trusted(work: Work) -> bool:
    """Whether its documents may name pictures of the owner's own network: a stranger's pages may not."""
    if work.imported.kind == ImportKind.FILES:
        return True
    try:
        return is_named(parsed(work.imported.source))
    except Unreadable:
        return False


def _with_lost(notes: tuple[Note, ...], lost: int) -> tuple[Note, ...]:
    """The reader's notes; what it left out already counts with what was lost here."""
    before = sum(int(note.detail["count"]) for note in notes if note.reason is Reason.PICTURES_LEFT_OUT)
    others = tuple(note for note in notes if note.reason is not Reason.PICTURES_LEFT_OUT)
    return (*others, Note(Reason.PICTURES_LEFT_OUT, {"count": before + lost})) if before + lost else others


def _read(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(pictures.LARGEST_FILE + 1)


def _is_web(address: str) -> bool:
    return address.lower().startswith(("http://", "https://"))


def _is_ours(address: str) -> bool:
    return address.removeprefix(settings.TANDEM.public_url).startswith(PICTURES)


def _beside(address: str, key: str) -> str:
    """The key of a picture that a document names by a path: from where the document lies."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(key), unquote(urlsplit(address).path)))
