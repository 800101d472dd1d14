"""The folder of a first start, its demo shop indexed: made once in a run, and copied for each server of a test."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg

from benchmarks.rig import ROOT, Tandem, first_start

VARIABLE = "TESTS_READY"  # the folder, once it is there
FOLDER = ROOT / "var" / "tests" / "ready"
_VECTORS = FOLDER / "vectors.sqlite3"  # of all texts of the demo shop, once it is indexed


def make(folder: Path) -> Path:
    """A first start in `folder`, in place of what an earlier run left there. Returns the folder to copy."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = first_start(folder / "var")
    if folder == FOLDER:
        shutil.copyfile(made / "tandem.sqlite3", _VECTORS.with_suffix(".part"))
        _VECTORS.with_suffix(".part").replace(_VECTORS)
    return made


def copy_to(folder: Path) -> None:
    """Lay a copy out in `folder`; nothing where no run has made one, so that a server makes its own."""
    made = os.environ.get(VARIABLE)
    if made:
        shutil.copytree(made, folder, dirs_exist_ok=True)


def lend_vectors(server: Tandem) -> None:
    """Give one on PostgreSQL, before its first start, the vectors of the demo shop's texts where this run made them.

    They are found by the digest of their text, as any that are there already; without them two cores embed for
    a minute beside the tests.
    """
    if not _VECTORS.exists():
        return
    server.var.mkdir(parents=True, exist_ok=True)
    server.command("migrate", "--verbosity", "0")
    with closing(sqlite3.connect(_VECTORS)) as made:
        rows = made.execute("SELECT digest, model, numbers FROM knowledge_vector").fetchall()
    with psycopg.connect(server.extra["DATABASE_URL"]) as base, base.cursor() as cursor:
        cursor.executemany("INSERT INTO knowledge_vector (digest, model, numbers) VALUES (%s, %s, %s)", rows)
