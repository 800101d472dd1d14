"""How good is it on your own labelled data? `manage.py evaluate CAPABILITY --data PATH` (docs/evaluation.md)."""

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, Final

from django.core.management.base import BaseCommand

from knowledge.evaluation import Run
from knowledge.labelled import Unusable
from supportsite.evaluation import CAPABILITIES, Report
from supportsite.progress import Bar

# What one capability alone takes, with its help.
OWN: Final = {
    "strategy": "intent: static, dynamic (without it), task, or llm, which asks TANDEM_MODEL (redacted)",
    "rules": "intent: the file of keyword rules for --strategy static",
    "labels": "emotion: only these, separated by commas; rows with none of them are left out",
}


class Command(BaseCommand):
    """Prints the measures; exit 2 for a call or a line of data that is wrong."""

    help = "Evaluate a capability on labelled data: " + ", ".join(CAPABILITIES)
    requires_system_checks: list[Any] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As docs/evaluation.md says."""
        parser.add_argument("capability", help=" or ".join(CAPABILITIES))
        parser.add_argument("--data", type=Path, required=True, help="the labelled data, a file or a folder")
        parser.add_argument("--train", type=Path, help="data of the same form to train on first; nothing of it is kept")
        parser.add_argument("--out", type=Path, help="write the result to this JSON file as well")
        parser.add_argument("--limit", type=int, help="look at no more than this many rows, chosen at random")
        parser.add_argument("--seed", type=int, default=0, help="chooses which (0)")
        for name, about in OWN.items():
            parser.add_argument(f"--{name}", help=about)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        capability = options["capability"]
        if capability not in CAPABILITIES:
            self._refuse(f"{capability} cannot be evaluated yet. There is: {', '.join(CAPABILITIES)}.")
        if options["limit"] is not None and options["limit"] < 1:
            self._refuse("--limit: expected a number above 0")
        began = time.perf_counter()
        given = {name: options[name] for name in ("data", "train", "limit", "seed")}
        own = {name: options[name] for name in OWN if options[name] is not None}
        try:
            result = CAPABILITIES[capability](Run(**given, bar=Bar, options=own))
        except Unusable as error:
            self._refuse(str(error))
        report = Report(capability, result, time.perf_counter() - began)
        self.stdout.write(report.as_table())
        if options["out"]:
            self._write(options["out"], json.dumps(report.as_json(), indent=2) + "\n")

    def _write(self, path: Path, text: str) -> None:
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            self._refuse(f"--out: {path} cannot be written ({error.strerror})")

    def _refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(2)
