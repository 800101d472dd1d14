"""A database and a folder for one run, thrown away behind it: the installation's own stay untouched."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from . import index, lexicon

_SQLITE = "django.db.backends.sqlite3"
# Nothing here must outlive the process.
_QUICK = "PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"


@contextmanager
def workspace() -> Iterator[None]:
    """Within, the default database is a new SQLite file and VAR a new folder, whose index this process owns.

    For a command, which is a process of its own: whoever else runs in this process would see the same.
    """
    database, folder = settings.DATABASES["default"], settings.VAR
    with tempfile.TemporaryDirectory(prefix="tandem-evaluate-") as made:
        index.disown()
        settings.VAR = Path(made)
        _connect({"ENGINE": _SQLITE, "NAME": f"{made}/rows.sqlite3", "OPTIONS": {"init_command": _QUICK}})
        try:
            _make_tables()
            index.own()
            yield
        finally:
            index.disown()
            lexicon.current().forget()
            settings.VAR = folder
            _connect(database)


def _make_tables() -> None:
    """As the models have them now: the way there from older versions takes ten seconds, and no row has come it."""
    migrations = settings.MIGRATION_MODULES
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    try:
        call_command("migrate", run_syncdb=True, verbosity=0)
    finally:
        settings.MIGRATION_MODULES = migrations


def _connect(database: dict[str, object]) -> None:
    connections["default"].close()
    connections.settings["default"] = connections.settings["default"] | database
    del connections["default"]
