"""Celery's worker and beat as threads of the web process. Rows are the truth, so nothing is lost with them."""

import threading
from typing import Any

from celery import beat

from .celery import app


class Background:
    """A worker with two threads, and the clock that rings the sweeps."""

    def __init__(self) -> None:
        self._worker: Any = None
        self._beat: Any = None

    def start(self) -> None:
        """Start both; they are ready within two seconds."""
        # The worker listens on every process's own broker in memory, so there is nobody to mingle with.
        self._worker = app.WorkController(
            pool="threads",
            concurrency=2,
            hostname="tandem@localhost",
            without_mingle=True,
            without_gossip=True,
            without_heartbeat=True,
            loglevel="WARNING",
        )
        threading.Thread(target=self._worker.start, name="celery-worker", daemon=True).start()
        self._beat = beat.EmbeddedService(
            app, thread=True, scheduler_cls=beat.Scheduler
        )  # the default one writes files
        self._beat.start()

    def stop(self) -> None:
        """Stop both; waits for tasks that run."""
        if self._beat:
            self._beat.service.stop()
        if self._worker:
            self._worker.stop()
