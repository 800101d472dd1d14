"""A database with every table and no row: made once by the migrations, which take seconds, and copied."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from django.apps import apps

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"


def copy_to(file: Path) -> None:
    """Lay a copy out; whoever comes first makes what is copied, and the others wait for it."""
    KEPT.mkdir(parents=True, exist_ok=True)
    made = KEPT / f"tables-{_digest()}.sqlite3"
    with (KEPT / "tables.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            _make(made)
    file.parent.mkdir(parents=True, exist_ok=True)
    for left in file.parent.glob(f"{file.name}*"):
        left.unlink()
    shutil.copyfile(made, file)


def _make(file: Path) -> None:
    """By the command itself, in a folder of its own."""
    for former in KEPT.glob("tables-*.sqlite3"):
        former.unlink()
    with tempfile.TemporaryDirectory() as folder:
        settings = {"TANDEM_VAR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True)
        shutil.copyfile(Path(folder) / "tandem.sqlite3", file.with_suffix(".part"))
    file.with_suffix(".part").replace(file)


def _digest() -> str:
    """Of every migration of every app, Django's own among them."""
    files = [file for app in apps.get_app_configs() for file in sorted(Path(app.path, "migrations").glob("*.py"))]
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
