"""`manage.py import_articles PATH`: a folder of Markdown, one Markdown file, or articles.jsonl, published on a site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from knowledge import importing
from supportsite.sites.models import Site


class Command(BaseCommand):
    """Checks every file before anything is stored; ends with 2 and the place of the first mistake."""

    help = "Import articles from Markdown files or from articles.jsonl, and publish them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from and where to."""
        parser.add_argument("path", type=Path, help="a folder of .md files, a .md file, or articles.jsonl")
        parser.add_argument("--site", default="", help="the site's key; not needed where there is one site")
        parser.add_argument("--language", default="en", help="of articles that do not say it (default: en)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all, then store all."""
        site = site_named(options["site"])
        try:
            sources = importing.read(options["path"], options["language"])
            articles = importing.store(sources, site=site, now=timezone.now())
        except importing.BadSource as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{len(articles)} articles are published on {site.name}; they are found in a few seconds.")


def site_named(key: str) -> Site:
    """The site with that key; without one the only site, or the only one that is not the demo."""
    sites = Site.objects.filter(key=key) if key else Site.objects.all()
    real = [site for site in sites if key or not site.is_demo] or list(sites)
    if len(real) != 1:
        known = ", ".join(f"{site.key} ({site.name})" for site in Site.objects.all()) or "none yet"
        raise CommandError(f"Say which site with --site KEY. There are: {known}.", returncode=2)
    return real[0]
