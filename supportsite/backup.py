"""A backup is one file: the database as it was at one moment, the secret key, and a manifest with their hashes.

Chroma is not in it: vectors are rows, and the index is built from them. See docs/install.md.
"""

import hashlib
import io
import itertools
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from chat import frames, leases

from . import running

DATABASE: Final = "tandem.sqlite3"
SECRET: Final = "secret-key"  # noqa: S105 (a file's name)
MANIFEST: Final = "manifest.json"
FORMAT: Final = 1
_MANIFEST_BYTES: Final = 64 * 1024
_CHUNK: Final = 1 << 20


class Unusable(Exception):
    """Why a backup cannot be made or restored, in one line for the owner."""


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    made_at: str
    epoch: str
    kept: Path | None


def backup(target: Path, *, now: datetime) -> Path:
    """Write a backup to `target`, or into it under a dated name where it is a folder. A server may run meanwhile.

    The file has mode 600, and its name only once it is whole. Raises Unusable.
    """
    if connection.vendor == "postgresql":
        raise Unusable("The rows are in PostgreSQL: use pg_dump (docs/scaling.md), and keep TANDEM_SECRET_KEY too.")
    if target.is_dir():
        target = _free_name(target, now)
    if target.exists():
        raise Unusable(f"{target} is there already. Choose another name.")
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=".tandem-backup-", dir=target.parent) as folder:
            files = _collect(Path(folder))
            draft.touch(mode=0o600, exist_ok=False)
            _pack(draft, files, now)
        _sync(draft)
        draft.rename(target)
    except OSError as fault:
        raise Unusable(f"Cannot write {target}: {fault.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return target


def _free_name(folder: Path, now: datetime) -> Path:
    """A name in `folder` that tells the time and is not taken: two backups may be asked for in one second."""
    stem = f"tandem-{now:%Y%m%dT%H%M%SZ}"
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(path for name in names if not (path := folder / f"{name}.tar.gz").exists())


def restore(source: Path, *, now: datetime) -> Restored:
    """Put a backup in the place of what is here, which is kept in a folder beside it. Needs the server stopped.

    Everything is checked, brought to this version's tables and given its new epoch before anything is replaced.
    Raises Unusable; then nothing has changed.
    """
    if connection.vendor == "postgresql":
        raise Unusable("The rows are in PostgreSQL: use pg_restore, then `manage.py restore` without a file.")
    settings.VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
    with running.alone() as alone, tempfile.TemporaryDirectory(prefix="restore-", dir=settings.VAR) as name:
        if not alone:
            raise Unusable("Tandem is running. Stop it first (systemctl stop tandem), then restore.")
        folder = Path(name)
        made_at = _unpack(source, folder)
        _check_database(folder / DATABASE)
        epoch = _brought_up_to_date(folder / DATABASE)
        try:
            return Restored(made_at, epoch, _swap(folder, now))
        except OSError as fault:
            raise Unusable(f"Cannot write to {settings.VAR}: {fault.strerror}.") from None


def after_pg_restore(*, now: datetime) -> str:
    """What follows pg_restore: this version's tables, no turn that is days late, and a new epoch, which it returns.

    By that widgets and consoles notice that the past has changed. Raises Unusable.
    """
    if connection.vendor != "postgresql":
        raise Unusable("Name the file that `manage.py backup` made.")
    if unknown := _unknown_migrations():
        raise Unusable(f"The backup is from a newer version of Tandem (it knows {unknown}). Upgrade first.")
    call_command("migrate", verbosity=0, interactive=False)
    leases.drop_all(now=now)
    return frames.renew_epoch()


# --- making ---------------------------------------------------------------------------------------------------------


def _collect(folder: Path) -> list[Path]:
    """The files of a backup, copied as they are at one moment."""
    database = settings.VAR / DATABASE
    if not database.exists():
        raise Unusable(f"There is no database in {settings.VAR} yet.")
    copy = folder / DATABASE
    with (
        closing(sqlite3.connect(f"{database.as_uri()}?mode=rw", uri=True)) as live,
        closing(sqlite3.connect(copy)) as kept,
    ):
        live.backup(kept)  # one step, so one moment: writers go on, none of them is waited for
        kept.execute("PRAGMA journal_mode=DELETE")
    _check_integrity(copy)
    files = [copy]
    secret = settings.VAR / SECRET
    if secret.exists():
        files.append(secret)
    return files


def _pack(draft: Path, files: list[Path], now: datetime) -> None:
    hashes = {file.name: {"bytes": file.stat().st_size, "sha256": _hash(file)} for file in files}
    manifest = {"tandem": FORMAT, "made_at": now.isoformat(timespec="seconds"), "files": hashes}
    text = json.dumps(manifest, indent=2).encode()
    with tarfile.open(draft, "w:gz", compresslevel=6) as archive:
        archive.addfile(_member(MANIFEST, len(text), now), io.BytesIO(text))
        for file in files:
            with file.open("rb") as stream:
                archive.addfile(_member(file.name, file.stat().st_size, now), stream)


def _member(name: str, size: int, now: datetime) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, 0o600, int(now.timestamp())
    return member


# --- restoring ------------------------------------------------------------------------------------------------------


def _unpack(source: Path, folder: Path) -> str:
    """Every file of the archive into `folder`, each as the manifest says. Returns when the backup was made."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            manifest = _manifest(archive)
            named = manifest["files"]
            room = shutil.disk_usage(folder).free
            if sum(entry["bytes"] for entry in named.values()) > room:
                raise Unusable(f"The backup needs more room than is free for {settings.VAR} ({room >> 20} MB).")
            found = {member.name for member in archive if _extract(archive, member, named, folder)}
    except OSError as fault:
        raise Unusable(f"Cannot read {source}: {fault.strerror or fault}.") from None
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, AttributeError):
        raise Unusable(f"{source} is no backup of Tandem, or it is damaged.") from None
    if found != set(named):
        raise Unusable("The backup is damaged: a file that its manifest names is missing.")
    return str(manifest["made_at"])


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    first = archive.next()
    stream = archive.extractfile(first) if first and first.isreg() and first.size <= _MANIFEST_BYTES else None
    if first is None or first.name != MANIFEST or stream is None:
        raise ValueError
    manifest: dict[str, Any] = json.loads(stream.read())
    if manifest["tandem"] != FORMAT:
        raise Unusable("The backup was made by another version of Tandem, whose format this one does not know.")
    if DATABASE not in manifest["files"]:
        raise ValueError
    return manifest


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, named: dict[str, Any], folder: Path) -> bool:
    """Write one member; only plain files that both we and the manifest know, so no path is ever taken from it."""
    if member.name == MANIFEST:
        return False
    stream = archive.extractfile(member) if member.isreg() else None
    if member.name not in (DATABASE, SECRET) or member.name not in named or stream is None:
        raise Unusable(f"The backup holds something that does not belong there: {member.name!r}.")
    path = folder / member.name
    if path.exists() or member.size != named[member.name]["bytes"]:
        raise Unusable(f"The backup is damaged: {member.name} is not what was saved.")
    path.touch(mode=0o600)
    with path.open("wb") as out:
        shutil.copyfileobj(stream, out, _CHUNK)
    if _hash(path) != named[member.name]["sha256"]:
        raise Unusable(f"The backup is damaged: {member.name} is not what was saved.")
    _sync(path)
    return True


def _check_database(path: Path) -> None:
    _check_integrity(path)
    with closing(sqlite3.connect(path)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"django_migrations", "sites_site", "chat_conversation", "chat_epoch"} <= tables:
        raise Unusable("The database in the backup is not one of Tandem.")


def _check_integrity(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as database:
            words = [row[0] for row in database.execute("PRAGMA integrity_check(1)")]
            orphans = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as fault:
        words, orphans = [str(fault)], None
    if words != ["ok"]:
        raise Unusable(f"The database is damaged: {words[0]}.")
    if orphans:
        raise Unusable(f"The database is damaged: a row of {orphans[0]} names a row of {orphans[2]} that is not there.")


def _brought_up_to_date(path: Path) -> str:
    """Give the restored database this version's tables and a new epoch. Returns the epoch."""
    with _database_at(path):
        if unknown := _unknown_migrations():
            raise Unusable(f"The backup is from a newer version of Tandem (it knows {unknown}). Upgrade first.")
        call_command("migrate", verbosity=0, interactive=False)
        leases.drop_all(now=timezone.now())
        return frames.renew_epoch()


def _unknown_migrations() -> str:
    """A migration that the database has seen and this version's code does not have."""
    loader = MigrationLoader(connection)
    unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys()
    return min((f"{app}.{name}" for app, name in unknown), default="")


@contextmanager
def _database_at(path: Path) -> Iterator[None]:
    """Let Django's connection be to another file for a while."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = path
    try:
        yield
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode=DELETE")  # one file again: nothing of it is left in a WAL
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def _swap(folder: Path, now: datetime) -> Path | None:
    """Keep what is here, then put each restored file in its place in one step. Returns where the old is kept."""
    kept = settings.VAR / f"before-restore-{now:%Y%m%dT%H%M%SZ}"
    _close_wal(settings.VAR / DATABASE)
    kept.mkdir(mode=0o700)
    for name in (DATABASE, SECRET):
        if (settings.VAR / name).exists():
            os.link(settings.VAR / name, kept / name)
    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):  # only where a damaged database could not be closed
        if (settings.VAR / name).exists():
            (settings.VAR / name).rename(kept / name)
    for name in (DATABASE, SECRET):
        if (folder / name).exists():
            (folder / name).replace(settings.VAR / name)
    if (settings.VAR / "chroma").exists():
        (settings.VAR / "chroma").rename(kept / "chroma")  # it is of the old rows
    _sync(settings.VAR)
    if not any(kept.iterdir()):
        kept.rmdir()
        return None
    return kept


def _close_wal(path: Path) -> None:
    """Fold the write-ahead log into the database: it would be taken for the restored one's."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1)) as database:
            database.execute("PRAGMA journal_mode=DELETE").fetchall()
    except sqlite3.OperationalError:
        raise Unusable("Something else is using the database. End it, then restore.") from None
    except sqlite3.DatabaseError:
        return  # damaged, which may be why somebody restores: it is kept as it is


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
