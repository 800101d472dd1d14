"""A database of an earlier version: it goes on by the steps of then, with its rows, and ends as a new one begins."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests import tables

# By the old steps alone, as when this version was installed: rows that later steps have to do something with.
THEN = """
import django

django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

load = MigrationLoader.load_disk


def without_squashes(loader):
    load(loader)
    loader.disk_migrations = {k: m for k, m in loader.disk_migrations.items() if "squashed" not in k[1]}


MigrationLoader.load_disk = without_squashes
executor = MigrationExecutor(connection)
targets = [
    ("sites", "0006_redaction"),
    ("chat", "0008_replay_attempt"),
    ("knowledge", "0010_contradictions_and_outside_pages"),
]
apps = executor.migrate(targets).apps
now = timezone.now()
site = apps.get_model("sites", "Site").objects.create(name="Old", kindness=False)
visitor = apps.get_model("chat", "Visitor").objects.create(site=site, made_at=now)
talk = apps.get_model("chat", "Conversation").objects.create(site=site, visitor=visitor, handler="queue", made_at=now)
event = {"conversation": talk, "seq": 1, "prev": 0, "floor": 0, "case": 1, "kind": "escalated", "at": now}
apps.get_model("chat", "Event").objects.create(**event)
shelf = apps.get_model("knowledge", "Collection").objects.create(site=site, slug="c", titles={"en": "C"}, position=0)
article = {"site": site, "collection": shelf, "slug": "a", "language": "en", "title": "A"}
article = apps.get_model("knowledge", "Article").objects.create(**article)
version = {"article": article, "number": 1, "title": "A", "body": "A", "published_at": now}
version = apps.get_model("knowledge", "Version").objects.create(**version)
apps.get_model("knowledge", "Section").objects.create(version=version, position=0, text="A", digest="0")
"""


PREPARE = """
import django

django.setup()
from supportsite import preparing

preparing.migrate()
"""
# Tables are there, and not yet all that they stand for is noted.
KILLED = f"""
import os

from django.db.migrations.recorder import MigrationRecorder

note = MigrationRecorder.record_applied


def note_some(recorder, app, name):
    if (app, name) == ("sites", "0005_kindness"):
        os._exit(9)
    note(recorder, app, name)


MigrationRecorder.record_applied = note_some
{PREPARE}
"""


def python(var: Path, script: str) -> int:
    """The exit code of a script in an installation of its own."""
    own = {"TANDEM_VAR": str(var), "DATABASE_URL": "", "REDIS_URL": ""}
    own |= {"DJANGO_SETTINGS_MODULE": "supportsite.settings"}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, cwd=tables.ROOT, env={**os.environ, **own}, check=False, timeout=200).returncode


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    """The database of such an installation, brought up to date by this version."""
    var = tmp_path_factory.mktemp("old")
    assert python(var, THEN) == 0
    assert python(var, PREPARE) == 0
    return var / "tandem.sqlite3"


def schema(file: Path) -> dict[str, list]:
    """Table → its columns, keys and indexes, in no order."""
    with closing(sqlite3.connect(file)) as base:
        names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in names:
            columns = sorted(row[1:4] for row in base.execute(f"PRAGMA table_info({name})"))
            keys = sorted(row[2:] for row in base.execute(f"PRAGMA foreign_key_list({name})"))
            indexes = sorted(
                (row[2], tuple(column[2] for column in base.execute(f"PRAGMA index_info({row[1]})")))
                for row in base.execute(f"PRAGMA index_list({name})")
            )
            found[name] = [columns, keys, indexes]
    return found


def rows(file: Path, query: str) -> list[tuple]:
    """What is in it."""
    with closing(sqlite3.connect(file)) as base:
        return base.execute(query).fetchall()


@pytest.mark.timeout(300)
def test_it_ends_with_the_tables_of_a_new_one(file, tmp_path):
    tables.copy_to(tmp_path / "new.sqlite3")
    assert schema(file) == schema(tmp_path / "new.sqlite3")


@pytest.mark.timeout(300)
def test_its_rows_are_brought_along(file):
    assert rows(file, "SELECT kindness FROM sites_site") == [("off",)]
    assert rows(file, "SELECT seq, why, ended_at FROM chat_call") == [(1, "escalated", None)]
    assert rows(file, "SELECT state, cut FROM knowledge_edition") == [("live", 0)]
    assert rows(file, "SELECT count(*) FROM knowledge_section WHERE edition_id IS NOT NULL") == [(1,)]


@pytest.mark.timeout(300)
def test_a_first_start_that_is_killed_is_begun_anew(tmp_path):
    assert python(tmp_path, KILLED) == 9
    assert python(tmp_path, PREPARE) == 0
    tables.copy_to(tmp_path / "new.sqlite3")
    assert schema(tmp_path / "tandem.sqlite3") == schema(tmp_path / "new.sqlite3")
