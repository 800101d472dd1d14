"""`manage.py work`: what may wait, in a process beside the web processes."""

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from knowledge import index
from supportsite import preparing, running, worker


class Command(BaseCommand):
    """Works until Ctrl-C or SIGTERM."""

    help = "Index, import, send and sweep, beside web processes that share PostgreSQL and Redis."
    requires_system_checks: list[Any] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Check what would stop us, before anything is changed."""
        began = time.monotonic()
        if not settings.TANDEM.is_shared:
            raise CommandError("Without REDIS_URL the web process does this itself: there is nothing to start.")
        preparing.check_services()
        settings.VAR.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not running.join():
            raise CommandError(f"A restore is at work in {settings.VAR}. Start Tandem when it is done.")
        with preparing.explained(), preparing.one_at_a_time():
            preparing.migrate()
        index.own()
        worker.work(ready=lambda: self._ready(time.monotonic() - began))

    def _ready(self, seconds: float) -> None:
        self.stdout.write(f"at work after {seconds:.1f} s (Ctrl-C ends it)")
        self.stdout.flush()
