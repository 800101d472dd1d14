"""Where rows are kept and by what processes wake each other: SQLite and memory, or PostgreSQL and Redis.

Settings read it while they are made, so nothing here may import Django.
"""

import os
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

# What a URL of PostgreSQL may say behind its "?"; libpq knows what they mean.
_OF_LIBPQ: Final = frozenset(
    {"host", "sslmode", "sslrootcert", "sslcert", "sslkey", "connect_timeout", "options", "passfile", "service"}
)
_POSTGRESQL: Final = "must be an address such as postgresql://tandem:password@10.0.0.5/tandem"
_REDIS: Final = "must be an address such as redis://10.0.0.5:6379/0 or rediss://:password@redis.example.com"

BROKER_IN_MEMORY: Final[dict[str, Any]] = {"polling_interval": 0.02}
# Redis gives a task again when nobody has acknowledged it for so long: tasks are safe to run twice.
BROKER_REDIS: Final[dict[str, Any]] = {
    "visibility_timeout": 3600,
    "global_keyprefix": "tandem:",
    "socket_connect_timeout": 1.0,
    "socket_timeout": 5.0,
    "socket_keepalive": True,
    "health_check_interval": 25,
}


def parameters(url: str) -> dict[str, Any]:
    """Django's settings of the database that a URL names; nothing for "". Raises ValueError, which names no part."""
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(_POSTGRESQL) from None
    more = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/") or "/" in parts.path[1:]:
        raise ValueError(_POSTGRESQL)
    if unknown := more.keys() - _OF_LIBPQ:
        raise ValueError(f"{min(unknown)!r} is nothing that may stand behind its ?: {', '.join(sorted(_OF_LIBPQ))} are")
    return {
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": more.pop("host", "") or parts.hostname or "",
        "PORT": str(port or ""),
        "OPTIONS": more,
    }


def check_redis(url: str) -> None:
    """Raises ValueError where it is no address of Redis."""
    try:
        parts = urlsplit(url)
        good = not url or (parts.scheme in ("redis", "rediss") and bool(parts.hostname) and (parts.port or 1) > 0)
    except ValueError:
        good = False
    if not good:
        raise ValueError(_REDIS)


def database(url: str, var: Path) -> dict[str, Any]:
    """The default database: durable at commit, whichever it is."""
    return _postgresql(url) if url else _sqlite(var)


def channel_layer(redis_url: str) -> dict[str, Any]:
    """What carries wake-ups between processes; within one, memory does."""
    if not redis_url:
        return {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 2000}}
    host = {"address": redis_url, "socket_connect_timeout": 1.0, "socket_keepalive": True, "health_check_interval": 25}
    config = {"hosts": [host], "prefix": "tandem"}
    return {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": config}


def _sqlite(var: Path) -> dict[str, Any]:
    # One writer at a time that waits its turn (design, section 12). CONN_MAX_AGE 0 only closes what an HTTP request
    # opened: the pool in chat/crossing.py keeps its own connections.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": var / "tandem.sqlite3",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # Mapped, the pages that the system holds are read without a call for each: a question reads hundreds.
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA mmap_size=1073741824;"
            ),
        },
        "TEST": {"NAME": var / f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}.sqlite3"},
    }


def _postgresql(url: str) -> dict[str, Any]:
    made = parameters(url)
    # The pool gives a connection for a request, a task or one crossing; kept longer by Django it would leak.
    pool = {"min_size": 1, "max_size": 24, "timeout": 10}
    options = {"connect_timeout": 5, **made["OPTIONS"], "pool": pool}
    return {**made, "ENGINE": "supportsite.postgresql", "CONN_MAX_AGE": 0, "OPTIONS": options}
