"""Celery's worker and beat as threads, of the web process or of `manage.py work`. Rows are the truth."""

import logging
import os
import socket
import threading
from typing import Any, Final

import redis
from celery import beat
from django.conf import settings

from .celery import app

# Of several processes one rings the sweeps. The next one takes over so long after it was killed.
_HELD_S: Final = 6.0
_ASKED_EVERY_S: Final = 2.0

logger = logging.getLogger(__name__)


class Background:
    """A worker with two threads, and the clock that rings the sweeps."""

    def __init__(self) -> None:
        self._worker: Any = None
        self._clock: Clock | SharedClock | None = None

    def start(self) -> None:
        """Start both; they are ready within two seconds."""
        # Django's checks of the source: `make checks` runs them, and a start is shorter by a sixth without.
        os.environ["CELERY_SKIP_CHECKS"] = "true"
        # In memory it listens on its own process's broker; with Redis workers need not know of each other.
        self._worker = app.WorkController(
            pool="threads",
            concurrency=2,
            hostname=f"tandem@{socket.gethostname()}-{os.getpid()}",
            without_mingle=True,
            without_gossip=True,
            without_heartbeat=True,
            loglevel="WARNING",
        )
        threading.Thread(target=self._worker.start, name="celery-worker", daemon=True).start()
        self._clock = SharedClock() if settings.TANDEM.is_shared else Clock()
        self._clock.start()

    def stop(self) -> None:
        """Stop both; waits for tasks that run."""
        if self._clock:
            self._clock.stop()
        if self._worker:
            self._worker.stop()


class Clock:
    """Rings the sweeps."""

    def __init__(self) -> None:
        self._beat: Any = None

    def start(self) -> None:
        """Ring from now on."""
        # The default scheduler writes files.
        self._beat = beat.EmbeddedService(app, thread=True, scheduler_cls=beat.Scheduler)
        self._beat.start()

    def stop(self) -> None:
        """Ring no more."""
        if self._beat:
            self._beat.service.stop()
            self._beat = None


class SharedClock:
    """Rings the sweeps while no other process does. Two that both think so for a moment do no harm."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._rings = False
        self._ending = threading.Event()
        client = redis.Redis.from_url(
            settings.TANDEM.redis_url.get_secret_value(), socket_timeout=1.0, socket_connect_timeout=1.0
        )
        self._lock = client.lock("tandem:clock", timeout=_HELD_S, blocking=False, thread_local=False)

    def start(self) -> None:
        """Try to be the one who rings, again and again."""
        threading.Thread(target=self._keep, name="clock", daemon=True).start()

    def stop(self) -> None:
        """Let another one ring."""
        self._ending.set()

    def _keep(self) -> None:
        while not self._ending.is_set():
            self._ring(self._is_mine())
            self._ending.wait(_ASKED_EVERY_S)
        self._ring(False)
        try:
            if self._lock.owned():
                self._lock.release()
        except redis.RedisError:
            return  # it is free some seconds later

    def _is_mine(self) -> bool:
        try:
            if self._rings:
                return bool(self._lock.extend(_HELD_S, replace_ttl=True))
            return bool(self._lock.acquire())
        except redis.RedisError:
            return False

    def _ring(self, mine: bool) -> None:
        if mine and not self._rings:
            self._clock.start()
        elif self._rings and not mine:
            self._clock.stop()
        self._rings = mine
