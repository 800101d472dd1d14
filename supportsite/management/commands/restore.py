"""`manage.py restore FILE`: a backup in the place of what is here. The server must be stopped."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from supportsite import backup


class Command(BaseCommand):
    """What was here is kept in a folder beside it."""

    help = "Put a backup in the place of what is here, which is kept. The server must be stopped."
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where from."""
        what = "a file that manage.py backup made; on PostgreSQL none: after pg_restore"
        parser.add_argument("file", type=Path, nargs="?", help=what)

    def handle(self, *args: Any, **options: Any) -> None:
        """Restore it, and say what was kept."""
        if options["file"] is None:
            self._after_pg_restore()
            return
        try:
            done = backup.restore(options["file"].absolute(), now=timezone.now())
        except backup.Unusable as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"Restored: the backup of {done.made_at}. New epoch: {done.epoch}.")
        if done.kept:
            self.stdout.write(f"What was here before is in {done.kept}. Remove it once all is well.")

    def _after_pg_restore(self) -> None:
        try:
            epoch = backup.after_pg_restore(now=timezone.now())
        except backup.Unusable as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"The restored rows are ready. New epoch: {epoch}.")
