"""What every process needs before it begins: services that answer, and tables, made by one process at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
import redis
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connection, transaction

_OURS: Final = 0x7A4D0001  # the advisory lock that keeps two processes from making the same tables
_SECONDS: Final = 5.0


def check_services() -> None:
    """Raises CommandError, a line, where PostgreSQL or Redis does not answer."""
    if connection.vendor == "postgresql":
        with explained():
            _own_connection().close()
    if settings.TANDEM.is_shared:
        url = settings.TANDEM.redis_url.get_secret_value()
        client = redis.Redis.from_url(url, socket_connect_timeout=_SECONDS, socket_timeout=_SECONDS)
        try:
            client.ping()
        except (redis.RedisError, OSError) as error:
            raise CommandError(f"Redis does not answer at REDIS_URL: {error}.") from None
        finally:
            client.close()


def migrate() -> None:
    """Bring the tables up to date. A new database gets all of them or none.

    One of its steps stands for many, and Django notes these one by one once the tables are there: a process that is
    killed between would leave tables that the next one makes again.
    """
    if connection.introspection.table_names():
        call_command("migrate", verbosity=0, interactive=False)
        return
    with connection.constraint_checks_disabled(), transaction.atomic():
        call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Other processes of this installation wait until this one has done what stands within; SQLite has its own lock."""
    if connection.vendor != "postgresql":
        yield
        return
    with _own_connection() as own:  # not Django's, which goes back into the pool with the lock on it
        own.execute("SELECT pg_advisory_lock(%s)", [_OURS])
        yield


@contextmanager
def explained() -> Iterator[None]:
    """A database that cannot be reached or written is one line, not a traceback."""
    try:
        yield
    except (OperationalError, sqlite3.OperationalError, psycopg.OperationalError) as error:
        if connection.vendor == "postgresql":
            raise CommandError(f"PostgreSQL does not answer at DATABASE_URL: {_one_line(error)}.") from None
        raise CommandError(
            f"The database in {settings.VAR} cannot be written: {error}. Make room or mend its rights."
        ) from None


def _own_connection() -> psycopg.Connection:
    parts = {"pool": None, "cursor_factory": None, "context": None}
    told = {name: value for name, value in connection.get_connection_params().items() if name not in parts}
    return psycopg.connect(**told, autocommit=True)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
