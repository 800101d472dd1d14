"""`manage.py backup` and `restore`: one moment, whole or not at all, and nothing but what we wrote is let in."""

import contextlib
import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from supportsite import backup
from tests import tables

ROOT = Path(__file__).resolve().parent.parent.parent
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)


def manage(var: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TANDEM_VAR": str(var), "TANDEM_DEMO": "0"}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=100, check=False)


@pytest.fixture(scope="session")
def model_home(tmp_path_factory) -> Path:
    """An installation with one site, made once by the command itself; tests/docs lets it make the tables, too."""
    var = tmp_path_factory.mktemp("installation") / "var"
    tables.copy_to(var / "tandem.sqlite3")
    done = manage(var, "create_site", "Shop", "https://shop.example")
    assert done.returncode == 0, done.stderr
    return var


@pytest.fixture
def home(model_home, tmp_path, settings) -> Path:
    """A copy of it, which this process takes for its own."""
    settings.VAR = tmp_path / "var"
    shutil.copytree(model_home, settings.VAR)
    return settings.VAR


@pytest.fixture
def saved(home, tmp_path) -> Path:
    return backup.backup(tmp_path / "saved.tar.gz", now=NOW)


def everything_in(folder: Path) -> dict[str, str]:
    """Every file's hash; locks come and go."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def ask(database: Path, sql: str):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def tell(database: Path, sql: str) -> None:
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(sql)


# --- backup ---------------------------------------------------------------------------------------------------------


def test_a_backup_is_one_file_for_its_owner_only(saved, home):
    assert saved.stat().st_mode & 0o777 == 0o600
    with tarfile.open(saved) as archive:
        assert archive.getnames() == ["manifest.json", "tandem.sqlite3", "secret-key"]
        assert {member.mode for member in archive} == {0o600}
    assert sorted(path.name for path in saved.parent.iterdir()) == ["saved.tar.gz", "var"]


def test_in_a_folder_its_name_tells_the_time(home, tmp_path):
    assert backup.backup(tmp_path, now=NOW).name == "tandem-20261125T093000Z.tar.gz"


def test_two_in_one_second_are_two_files(home, tmp_path):
    first, second = backup.backup(tmp_path, now=NOW), backup.backup(tmp_path, now=NOW)
    assert (first.name, second.name) == ("tandem-20261125T093000Z.tar.gz", "tandem-20261125T093000Z-2.tar.gz")
    assert first.stat().st_size > 0


def test_nothing_is_overwritten(saved):
    before = saved.read_bytes()
    with pytest.raises(backup.Unusable, match="is there already"):
        backup.backup(saved, now=NOW)
    assert saved.read_bytes() == before


@pytest.mark.parametrize("place", ["missing/saved.tar.gz", "/proc/saved.tar.gz"])
def test_where_it_cannot_be_written_it_says_so_and_leaves_nothing(home, tmp_path, place):
    with pytest.raises(backup.Unusable, match="Cannot write"):
        backup.backup(tmp_path / place, now=NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["var"]


def test_without_a_database_it_says_so(tmp_path, settings):
    settings.VAR = tmp_path / "empty"
    with pytest.raises(backup.Unusable, match="no database"):
        backup.backup(tmp_path / "saved.tar.gz", now=NOW)


def test_it_is_of_one_moment_while_others_write(home, tmp_path):
    """A writer that always commits two rows at once: no backup ever holds one of the two."""
    database, stop = home / "tandem.sqlite3", threading.Event()

    def write() -> None:
        with contextlib.closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as connection:
            number = 0
            while not stop.is_set():
                number += 1
                connection.execute("BEGIN IMMEDIATE")
                for half in ("a", "b"):
                    row = (f"{half}{number}", "x" * 2000, "2026-01-01")
                    connection.execute("INSERT INTO django_session VALUES (?, ?, ?)", row)
                connection.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for number in range(5):
            saved = backup.backup(tmp_path / f"{number}.tar.gz", now=NOW)
            with tarfile.open(saved) as archive:
                archive.extract("tandem.sqlite3", tmp_path, filter="data")
            keys = {key for (key,) in ask(tmp_path / "tandem.sqlite3", "SELECT session_key FROM django_session")}
            assert {key[1:] for key in keys if key[0] == "a"} == {key[1:] for key in keys if key[0] == "b"}
            counts.append(len(keys))
    finally:
        stop.set()
        writer.join()
    assert counts[0] < counts[-1]


# --- restore --------------------------------------------------------------------------------------------------------


def test_what_was_saved_comes_back_with_a_new_epoch_and_what_was_there_is_kept(saved, home):
    (epoch,) = ask(home / "tandem.sqlite3", "SELECT value FROM chat_epoch") or [("none yet",)]
    tell(home / "tandem.sqlite3", "UPDATE sites_site SET name = 'Changed since'")
    (home / "secret-key").write_text("changed since")
    (home / "chroma").mkdir(exist_ok=True)
    done = manage(home, "restore", str(saved))
    assert done.returncode == 0, done.stderr
    assert "Restored: the backup of 2026-11-25T09:30:00+00:00." in done.stdout
    assert ask(home / "tandem.sqlite3", "SELECT name FROM sites_site") == [("Shop",)]
    assert (home / "secret-key").read_text() != "changed since"
    (renewed,) = ask(home / "tandem.sqlite3", "SELECT value FROM chat_epoch")
    assert renewed != epoch
    assert renewed[0] in done.stdout
    (kept,) = home.glob("before-restore-*")
    assert ask(kept / "tandem.sqlite3", "SELECT name FROM sites_site") == [("Changed since",)]
    assert (kept / "secret-key").read_text() == "changed since"
    assert not (home / "chroma").exists()
    assert (home / "tandem.sqlite3").stat().st_mode & 0o777 == 0o600
    assert not list(home.glob("restore-*"))


def test_it_restores_into_an_empty_folder(saved, tmp_path):
    done = manage(tmp_path / "fresh", "restore", str(saved))
    assert done.returncode == 0, done.stderr
    assert ask(tmp_path / "fresh" / "tandem.sqlite3", "SELECT name FROM sites_site") == [("Shop",)]


def test_pictures_of_articles_come_back(home, tmp_path):
    columns = "site_id, public_id, kind, width, height, digest, content, made_at"
    values = "1, 'p', 'png', 1, 1, 'd', x'89504e47', '2026-11-25'"
    tell(home / "tandem.sqlite3", f"INSERT INTO knowledge_picture ({columns}) VALUES ({values})")
    kept = backup.backup(tmp_path / "with-picture.tar.gz", now=NOW)
    tell(home / "tandem.sqlite3", "DELETE FROM knowledge_picture")
    done = manage(home, "restore", str(kept))
    assert done.returncode == 0, done.stderr
    assert ask(home / "tandem.sqlite3", "SELECT public_id, content FROM knowledge_picture") == [("p", b"\x89PNG")]


def test_a_running_server_forbids_it(saved, home):
    with (home / "serve.lock").open("a") as server:
        fcntl.flock(server, fcntl.LOCK_SH)
        before = everything_in(home)
        with pytest.raises(backup.Unusable, match="Tandem is running"):
            backup.restore(saved, now=NOW)
    assert everything_in(home) == before


def test_somebody_else_in_the_database_forbids_it(saved, home):
    tell(home / "tandem.sqlite3", "PRAGMA journal_mode=WAL")
    with contextlib.closing(sqlite3.connect(home / "tandem.sqlite3")) as other:
        other.execute("UPDATE sites_site SET name = 'Being written'")
        done = manage(home, "restore", str(saved))
        other.rollback()
    assert done.returncode == 1
    assert "Something else is using the database" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert ask(home / "tandem.sqlite3", "SELECT name FROM sites_site") == [("Shop",)]
    assert not list(home.glob("before-restore-*"))


def test_a_backup_of_a_newer_version_is_refused(home, tmp_path):
    tell(home / "tandem.sqlite3", "INSERT INTO django_migrations VALUES (999, 'chat', '9999_future', '2026-01-01')")
    saved = backup.backup(tmp_path / "newer.tar.gz", now=NOW)
    done = manage(home, "restore", str(saved))
    assert done.returncode == 1
    assert "from a newer version of Tandem (it knows chat.9999_future)" in done.stderr


def repacked(saved: Path, change) -> Path:
    """The same archive after `change(files, manifest)`; files by name, the manifest's hashes made to fit by default."""
    with tarfile.open(saved) as archive:
        files = {member.name: archive.extractfile(member).read() for member in archive}
    manifest = json.loads(files.pop("manifest.json"))
    extra = change(files, manifest) or []
    evil = saved.with_name("evil.tar.gz")
    with tarfile.open(evil, "w:gz") as archive:
        for name, data in {"manifest.json": json.dumps(manifest).encode(), **files}.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
        for member in extra:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return evil


def fitting(files, manifest) -> None:
    for name, data in files.items():
        manifest["files"][name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def link(name: str, kind: bytes, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


def outside(files, manifest):
    files["../evil"] = b"x"
    fitting(files, manifest)


def absolute(files, manifest):
    files["/tmp/evil"] = b"x"
    fitting(files, manifest)


def extra(files, manifest):
    files["serve.py"] = b"x"
    fitting(files, manifest)


def symlinked(files, manifest):
    del files["secret-key"]
    return [link("secret-key", tarfile.SYMTYPE, "/etc/passwd")]


def hard_linked(files, manifest):
    del files["secret-key"]
    return [link("secret-key", tarfile.LNKTYPE, "tandem.sqlite3")]


def twice(files, manifest):
    member = tarfile.TarInfo("secret-key")
    member.size = 1
    return [member]


def other_bytes(files, manifest):
    files["secret-key"] = b"y" * len(files["secret-key"])


def longer(files, manifest):
    files["secret-key"] += b"y"


def missing(files, manifest):
    del files["secret-key"]


def without_database(files, manifest):
    del files["tandem.sqlite3"], manifest["files"]["tandem.sqlite3"]


def other_format(files, manifest):
    manifest["tandem"] = 2


def no_hashes(files, manifest):
    manifest["files"] = ["tandem.sqlite3"]


def damaged(files, manifest):
    data = bytearray(files["tandem.sqlite3"])
    data[4096 * 3 : 4096 * 40] = b"\xff" * (4096 * 37)
    files["tandem.sqlite3"] = bytes(data)
    fitting(files, manifest)


def no_database(files, manifest):
    files["tandem.sqlite3"] = b"hello" * 1000
    fitting(files, manifest)


def foreign(files, manifest):
    with contextlib.closing(sqlite3.connect(":memory:")) as other:
        other.execute("CREATE TABLE t (a)")
        files["tandem.sqlite3"] = other.serialize()
    fitting(files, manifest)


@pytest.mark.parametrize(
    "change",
    [
        outside, absolute, extra, symlinked, hard_linked, twice, other_bytes, longer, missing, without_database,
        other_format, no_hashes, damaged, no_database, foreign,
    ],
)  # fmt: skip
def test_an_archive_that_is_not_as_we_write_it_changes_nothing(saved, home, change):
    evil, before = repacked(saved, change), everything_in(home)
    with pytest.raises(backup.Unusable):
        backup.restore(evil, now=NOW)
    assert everything_in(home) == before
    assert not Path("/tmp/evil").exists()
    assert not (home / "evil").exists()


@pytest.mark.parametrize("data", [b"", b"no archive", b"\x1f\x8b"])
def test_what_is_no_archive_is_told(home, tmp_path, data):
    (tmp_path / "x.tar.gz").write_bytes(data)
    with pytest.raises(backup.Unusable):
        backup.restore(tmp_path / "x.tar.gz", now=NOW)


def test_a_file_cut_off_anywhere_changes_nothing(saved, home):
    whole, before = saved.read_bytes(), everything_in(home)
    for length in (100, len(whole) // 2, len(whole) * 9 // 10):
        saved.write_bytes(whole[:length])
        with pytest.raises(backup.Unusable):
            backup.restore(saved, now=NOW)
    saved.unlink()
    with pytest.raises(backup.Unusable, match="Cannot read"):
        backup.restore(saved, now=NOW)
    assert everything_in(home) == before


def test_without_room_nothing_is_unpacked(saved, home, monkeypatch):
    usage = shutil.disk_usage(home)
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _path: usage._replace(free=1000))
    with pytest.raises(backup.Unusable, match="more room"):
        backup.restore(saved, now=NOW)
