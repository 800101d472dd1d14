"""`manage.py backup FILE`: everything that is kept, as it is at one moment, in one file."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from supportsite import backup


class Command(BaseCommand):
    """The server may go on running."""

    help = "Write the database and the secret key to one file. The server may go on running."
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where to."""
        parser.add_argument(
            "file", type=Path, help="the new file (….tar.gz), or a folder: then the name tells the time"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, and say where it is."""
        try:
            written = backup.backup(options["file"].absolute(), now=timezone.now())
        except backup.Unusable as fault:
            raise CommandError(str(fault)) from None
        self.stdout.write(f"{written}  {written.stat().st_size / 1e6:.2f} MB")
