"""Makes an API key for a site and prints its secret, once."""

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agents import api_keys
from agents.models import Scope
from supportsite.sites.models import Site


class Command(BaseCommand):
    """`manage.py create_key SITE_KEY NAME --scopes articles:read …`"""

    help = "Make an API key for a site; prints the secret, which cannot be shown again."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Site, name, scopes."""
        parser.add_argument("site", help="the site's public key (site_…)")
        parser.add_argument("name", help="what will use it")
        parser.add_argument("--scopes", nargs="+", default=[Scope.ARTICLES_READ.value], help=", ".join(Scope.values))

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, or say what is wrong."""
        site = Site.objects.filter(key=options["site"]).first()
        if site is None:
            known = ", ".join(f"{s.key} ({s.name})" for s in Site.objects.all()[:10]) or "none yet"
            raise CommandError(f"There is no site {options['site']}. Sites: {known}.")
        try:
            _row, secret = api_keys.make(site=site, name=options["name"], scopes=options["scopes"], now=timezone.now())
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from wrong
        self.stdout.write(secret)
        self.stderr.write("Keep it now: it is not stored and cannot be shown again.")
