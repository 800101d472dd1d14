"""`manage.py reindex`: build the index anew beside the one that is searched, and swap the two."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from knowledge import index, rebuilding
from knowledge.embed import ModelUnavailable
from knowledge.models import Edition, EditionState
from supportsite.sites.models import Site

_STEP_SECONDS: Final = 1.0


class Command(BaseCommand):
    """Where the server runs, it is asked to do it: the index has one writer."""

    help = "Build the search index anew beside the one that is searched, check it, and swap. Nothing is embedded twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which sites, and whether to stay."""
        parser.add_argument("--site", default="", help="a site's key (default: every site)")
        parser.add_argument("--no-wait", action="store_true", help="leave it to the running server")

    def handle(self, *args: Any, **options: Any) -> None:
        """Site by site."""
        sites = Site.objects.filter(key=options["site"]) if options["site"] else Site.objects.all()
        if options["site"] and not sites:
            raise CommandError(f"There is no site {options['site']}.")
        owned = index.own()
        try:
            for site in sites:
                edition = rebuilding.start(site, now=timezone.now(), again=True)
                assert edition
                if owned:
                    self._build(site, edition)
                elif options["no_wait"]:
                    self.stdout.write(f"{site.name}: the server builds it")
                else:
                    self._watch(site, edition)
        except index.Away as away:
            raise CommandError("Chroma's server does not answer. What is done is kept; run this again.") from away
        except ModelUnavailable as error:
            raise CommandError(f"{error} What is done is kept; run this again.") from error
        finally:
            index.disown()

    def _build(self, site: Site, edition: Edition) -> None:
        """No server runs, so nobody searches the old one: it goes at once."""
        while not rebuilding.step(edition, now=timezone.now(), seconds=_STEP_SECONDS):
            edition.refresh_from_db()
            if edition.detail:
                raise CommandError(f"{site.name}: the new index is not as it should be: {edition.detail}")
            self._tell(site, edition)
        rebuilding.drop_former(now=timezone.now(), kept=timedelta(0))
        self.stdout.write(f"{site.name}: rebuilt")

    def _watch(self, site: Site, edition: Edition) -> None:
        self.stdout.write(f"{site.name}: the running server builds it; Ctrl-C leaves it at that")
        try:
            while edition.state == EditionState.BUILDING:
                self._tell(site, edition)
                time.sleep(_STEP_SECONDS)
                edition = Edition.objects.get(pk=edition.pk)
                if edition.detail:
                    raise CommandError(f"{site.name}: the new index is not as it should be: {edition.detail}")
        except KeyboardInterrupt:
            return
        self.stdout.write(f"{site.name}: rebuilt")

    def _tell(self, site: Site, edition: Edition) -> None:
        now = rebuilding.progress(edition)
        self.stdout.write(
            f"{site.name}: {now.cut} of {now.versions} articles, {now.read} of {now.sections} sections read "
            f"({100 * now.share:.0f} %)"
        )
        self.stdout.flush()
