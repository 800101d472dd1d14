"""`manage.py load_demo`: the demo shop's help centre, on the demo site and no other."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from knowledge import demo
from knowledge.models import Article


class Command(BaseCommand):
    """Loads what is missing; may be run again."""

    help = "Load the demo shop's articles. What is there stays as it was edited."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The one choice."""
        parser.add_argument("--reset", action="store_true", help="publish the original texts again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what is there."""
        site = demo.load(reset=options["reset"])
        count = Article.objects.filter(site=site, published__isnull=False).count()
        self.stdout.write(f"{count} articles on {site.name} ({site.key})")
