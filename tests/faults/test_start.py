"""What cannot work is said in one line that tells how to mend it: a port in use, a folder that cannot be written."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.rig import ROOT, Tandem, free_port

pytestmark = pytest.mark.timeout(120)


def test_a_port_in_use_is_one_line(installation: Tandem) -> None:
    """Another program listens there."""
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", installation.port))
        other.listen()
        line = refused(installation)
    assert str(installation.port) in line
    assert "in use" in line


@pytest.mark.parametrize("made_before", [False, True], ids=["new", "made before"])
def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, made_before: bool) -> None:
    """Its rights, or the disk is mounted read-only."""
    with unwritable(tmp_path / "var", with_key=made_before) as folder:
        line = refused(Tandem(folder, port=free_port()))
    assert str(folder) in line


@pytest.mark.parametrize("made_before", [False, True], ids=["new", "made before"])
def test_a_full_disk_is_one_line(tmp_path: Path, made_before: bool) -> None:
    """Not a byte is left."""
    with mounted(tmp_path / "var", "size=2m") as folder:
        if made_before:
            (folder / "secret-key").write_text("k" * 64)
        with contextlib.suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
            while filler.write(bytes(4096)):
                pass
        line = refused(Tandem(folder, port=free_port()))
    assert str(folder) in line


def refused(server: Tandem) -> str:
    """The one line with which `serve` ends."""
    command = [sys.executable, "manage.py", "serve"]
    ended = subprocess.run(command, cwd=ROOT, env=server.env, capture_output=True, text=True, timeout=60)
    assert ended.returncode not in (0, None)
    lines = (ended.stdout + ended.stderr).strip().splitlines()
    assert len(lines) == 1, "\n".join(lines)
    return lines[0]


@contextlib.contextmanager
def unwritable(folder: Path, *, with_key: bool) -> Iterator[Path]:
    """A folder that this user cannot write to; root can write anywhere but on what is mounted read-only."""
    folder.mkdir()
    if os.geteuid() == 0:
        with mounted(folder, "size=2m"):
            _key(folder, with_key)
            _mount("-o", "remount,ro", str(folder))
            yield folder
        return
    _key(folder, with_key)
    folder.chmod(0o500)
    try:
        yield folder
    finally:
        folder.chmod(0o700)


def _key(folder: Path, wanted: bool) -> None:
    if wanted:
        (folder / "secret-key").write_text("k" * 64)


@contextlib.contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """A small file system in memory; where this user may not mount, loudly no such test (in CI a failure)."""
    folder.mkdir(exist_ok=True)
    try:
        _mount("-t", "tmpfs", "-o", options + f",uid={os.geteuid()}", "tmpfs", str(folder))
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        said = f"NOT TESTED: this machine does not let us mount a small disk ({error}); run the tests as root"
        print(f"{'!' * 79}\n{said}\n{'!' * 79}", file=sys.stderr)
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    try:
        yield folder
    finally:
        subprocess.run([*_sudo(), "umount", str(folder)], check=True)


def _mount(*words: str) -> None:
    subprocess.run([*_sudo(), "mount", *words], check=True, capture_output=True)


def _sudo() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "-n"]
