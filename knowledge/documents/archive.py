"""Zip files: what is in them, unpacked within bounds."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .document import Fault, Reason, Unreadable

MOST_FILES = 5_000
MOST_BYTES = 500 * 1024 * 1024
MOST_BYTES_OF_ONE = 200 * 1024 * 1024
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """A file of the archive, where it was unpacked to."""

    key: str
    file: str


def unpack(file: Path, key: str, into: Path) -> Iterator[Member | Fault]:
    """Write the files to `into` under numbers: no name from inside ever becomes a path. Raises Unreadable.

    The archive's own key is a part of theirs: two archives may hold files of one name.
    """
    refuse_bombs(file)
    into.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(file) as archive:
        for number, info in enumerate(sorted(_wanted(archive), key=lambda info: info.filename)):
            name = f"{key}/" + info.filename.replace("\\", "/").lstrip("/")
            target = into / f"{number:05}"
            try:
                _write(archive, info, target)
            except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError):
                yield Fault(name, Reason.CORRUPT)
            except RuntimeError:  # zipfile's word for a password
                yield Fault(name, Reason.ENCRYPTED)
            else:
                yield Member(name, str(target))


def refuse_bombs(file: Path) -> None:
    """Raise Unreadable for an archive that is none, or would unpack to more than is allowed.

    The sizes are those that the archive states: zipfile reads no more of a member than its stated size.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise Unreadable(Reason.CORRUPT) from error
    if len(infos) > MOST_FILES:
        raise Unreadable(Reason.TOO_MANY_FILES, count=len(infos), most=MOST_FILES)
    if sum(info.file_size for info in infos) > MOST_BYTES or any(i.file_size > MOST_BYTES_OF_ONE for i in infos):
        raise Unreadable(Reason.BOMB, most=MOST_BYTES // 1024 // 1024)


def _wanted(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [
        info
        for info in archive.infolist()
        if not info.is_dir() and not any(part.startswith((".", "__MACOSX")) for part in info.filename.split("/"))
    ]


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    with archive.open(info) as source, target.open("wb") as out:
        while chunk := source.read(_CHUNK):
            out.write(chunk)
