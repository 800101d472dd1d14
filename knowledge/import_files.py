"""The files of an import: uploaded ones are kept in var/imports until they are read, under numbers instead of names."""

import json
import shutil
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from .models import Import
from .reading import LARGEST_FILE, form_of

MOST_BYTES: Final = 2 * 1024**3  # of all imports together
_NAMES = "names.json"
_UPLOADING_S = 3600
_NOT_ARTICLES = frozenset({"readme.md"})
_ARTICLES = "articles.jsonl"
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp"})


class NoRoom(Exception):
    """Other imports hold as much as may be kept."""


@dataclass(frozen=True)
class Upload:
    """Files as a form gives them: each with a name and chunks of bytes."""

    files: tuple[Any, ...]

    @property
    def size(self) -> int:
        """Bytes of all."""
        return sum(file.size for file in self.files if file.size <= LARGEST_FILE)


def folder(imported: Import) -> Path:
    """Where an import keeps what it needs for a while."""
    return Path(settings.VAR) / "imports" / imported.public_id


def take(imported: Import, upload: Upload) -> None:
    """Keep the files. Raises NoRoom, and leaves nothing then."""
    if upload.size + _size(folder(imported).parent) > MOST_BYTES:
        raise NoRoom
    place = folder(imported)
    place.mkdir(parents=True, mode=0o700)
    names = []
    for number, file in enumerate(upload.files):
        kept = f"file-{number:05}"
        with (place / kept).open("wb") as out:
            if file.size > LARGEST_FILE:
                out.truncate(file.size)  # its size is all that the report needs, and a hole takes no room
            else:
                _copy(file.chunks(), out)
        names.append([kept, Path(str(file.name).replace("\\", "/")).name])
    # The names come last: without them nothing was uploaded.
    (place / _NAMES).write_text(json.dumps(names), "utf-8")


def listed(imported: Import) -> Iterator[tuple[Path, str]]:
    """Each file with its key: uploaded ones, else those of the path that a command named."""
    names = folder(imported) / _NAMES
    if names.exists():
        for kept, name in json.loads(names.read_text("utf-8")):
            yield folder(imported) / kept, name
        return
    path = Path(imported.path)
    if not imported.path:
        return
    if path.is_dir():
        inside = (file for file in sorted(path.rglob("*")) if file.is_file())
        keys = ((file, file.relative_to(path).as_posix()) for file in inside)
        yield from ((file, key) for file, key in keys if not any(part.startswith(".") for part in key.split("/")))
    else:
        yield path, path.name


def is_article(key: str) -> bool:
    """Whether a file that lies among others is meant: no README, and of JSON lines only those of articles."""
    name = key.rpartition("/")[2].lower()
    if is_picture(key):
        return False
    return name not in _NOT_ARTICLES and (form_of(name) != "lines" or name == _ARTICLES)


def is_picture(key: str) -> bool:
    """Whether a file among others is one that articles may show."""
    return Path(key).suffix.lower() in _PICTURES


def are_there(imported: Import) -> bool:
    """Whether there is something to read."""
    return (folder(imported) / _NAMES).exists() or (bool(imported.path) and Path(imported.path).exists())


def drop(imported: Import) -> None:
    """Forget the files."""
    shutil.rmtree(folder(imported), ignore_errors=True)


def drop_all_but(wanted: set[str]) -> None:
    """Forget the files of every other import; an upload whose row is not written yet is left alone."""
    for place in _folders(Path(settings.VAR) / "imports"):
        if place.name not in wanted and time.time() - place.stat().st_mtime > _UPLOADING_S:
            shutil.rmtree(place, ignore_errors=True)


def _folders(place: Path) -> list[Path]:
    return [entry for entry in place.iterdir() if entry.is_dir()] if place.exists() else []


def _size(place: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in place.rglob("*") if file.is_file()) if place.exists() else 0


def _copy(chunks: Iterable[bytes], out: IO[bytes]) -> None:
    for chunk in chunks:
        out.write(chunk)
