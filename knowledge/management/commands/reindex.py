"""`manage.py reindex`: fill the index again from the rows."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from knowledge import index, indexing
from supportsite.sites.models import Site


class Command(BaseCommand):
    """Where the server runs, it is asked to do it: the index has one owner."""

    help = "Rebuild the search index from the stored articles. Texts that were embedded before are not embedded again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which sites."""
        parser.add_argument("--site", default="", help="a site's key (default: every site)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Site by site."""
        owned = index.own()
        try:
            for site in Site.objects.filter(key=options["site"]) if options["site"] else Site.objects.all():
                if owned:
                    indexing.rebuild(site, now=timezone.now())
                    self.stdout.write(f"{site.name}: rebuilt")
                else:
                    count = indexing.ask_for_rebuild(site)
                    self.stdout.write(f"{site.name}: the server, which has the index, places {count} articles anew")
        finally:
            index.disown()
