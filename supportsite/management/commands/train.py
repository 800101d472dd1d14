"""Fit what Tandem comes with to your own labelled data: `manage.py train answerable --data FOLDER`."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from knowledge import evaluation
from knowledge.labelled import Unusable
from knowledge.models import Recalibration
from supportsite.progress import Bar
from supportsite.sites.models import Site


class Command(BaseCommand):
    """Stores the result in the database; exit 2 for a call or a line of data that is wrong."""

    help = "Fit how sure the assistant must be of an answer to your own questions, for one site or for all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As docs/evaluation.md says."""
        parser.add_argument("capability", choices=["answerable"])
        parser.add_argument("--data", type=Path, required=True, help="a folder with articles.jsonl and questions.jsonl")
        parser.add_argument("--site", default="", help="the site's public key; without it for every site")

    def handle(self, *args: Any, **options: Any) -> None:
        """Fit, store, and say what the thresholds cost."""
        site = Site.objects.filter(key=options["site"]).first() if options["site"] else None
        if options["site"] and site is None:
            self._refuse(f"There is no site with the key {options['site']}.")
        try:
            made = evaluation.trained(options["data"], bar=Bar)
        except Unusable as error:
            self._refuse(str(error))
        Recalibration.objects.update_or_create(
            site=site, defaults={"parameters": made.as_json(), "made_at": timezone.now()}
        )
        self.stdout.write("accepted wrong   threshold")
        for accepted in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3):
            self.stdout.write(f"{accepted:>14.0%}   {made.threshold(accepted):.2f}")
        self.stdout.write("Stored for " + (str(site) if site else "every site") + "; a running server uses it at once.")

    def _refuse(self, why: str) -> None:
        self.stderr.write(why)
        sys.exit(2)
