"""`manage.py doctor`: whether all is well; `--mend` puts right what can be."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand

from supportsite import doctor


class Command(BaseCommand):
    """Works beside a running server, and without one."""

    help = "Check settings, disk, tables, every conversation against its log, and the index against the rows."
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Only look, or mend too."""
        parser.add_argument("--mend", action="store_true", help="put right what can be put right")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each finding; ends with 1 where one is a fault."""
        faults = 0
        for finding in doctor.examine(mend=options["mend"]):
            faults += finding.weight is doctor.Weight.FAULT
            self.stdout.write(f"{finding.weight.value:<5}  {finding.text}")
        if faults:
            hint = "" if options["mend"] else " manage.py doctor --mend puts right what can be put right."
            self.stderr.write(f"{faults} {'fault' if faults == 1 else 'faults'}.{hint}")
            sys.exit(1)
