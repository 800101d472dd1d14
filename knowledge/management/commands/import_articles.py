"""`manage.py import_articles PATH`: articles from files of every form that can be read, published on a site."""

import os
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge import import_run, import_words, imports, publish, reading
from knowledge.documents.document import Reason, storable
from knowledge.keeping import Keeper
from knowledge.models import Import, ImportItem, ImportKind, ImportState, Outcome
from knowledge.work import Work
from supportsite.sites.models import Site

_STORED = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)


class Command(BaseCommand):
    """Imports what it can, names what it cannot, and ends with 2 where something failed."""

    help = "Import articles from Markdown, HTML, PDF, DOCX, CSV, articles.jsonl or a Zendesk export, and publish them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where from and where to."""
        parser.add_argument("path", type=Path, help="a file, a folder or a .zip of files")
        parser.add_argument("--site", default="", help="the site's key; not needed where there is one site")
        parser.add_argument("--language", default="en", help="of articles that do not say it (default: en)")
        parser.add_argument("--draft", action="store_true", help="leave them as drafts")
        parser.add_argument("--keep", action="store_true", help="leave articles as they are that were changed here")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one import in this process, beside the server; its report is in the admin too."""
        site = site_named(options["site"])
        path: Path = options["path"].resolve()
        _check(path, options["language"])
        imported = imports.make(
            site=site,
            kind=ImportKind.FILES,
            source=path.name,
            path=str(path),
            language=options["language"],
            publish=not options["draft"],
            replace=not options["keep"],
            runner=f"command/{os.getpid()}-{uuid.uuid4().hex[:8]}",
        )
        import_run.go(imported, tell=self._progress if self.stderr.isatty() else None)
        self._report(imported)

    def _progress(self, work: Work, keeper: Keeper) -> None:
        self.stderr.write(f"\r{keeper.count} of {max(work.expected, keeper.count)}", ending="")

    def _report(self, imported: Import) -> None:
        imported.refresh_from_db()
        items = list(ImportItem.objects.filter(imported=imported))
        failed = [i for i in items if i.outcome == Outcome.FAILED and i.reason != Reason.BAD_LINE_ELSEWHERE]
        faults = [_line(item, Path(imported.path)) for item in failed]
        if imported.state == ImportState.FAILED:
            faults.append(import_words.say(imported.reason, imported.detail))
        stored = sum(item.outcome in _STORED for item in items)
        if stored or not faults:
            done = "drafts" if not imported.publish else "published"
            counts = ", ".join(f"{sum(i.outcome == o for i in items)} {o.label}" for o in _STORED)
            self.stdout.write(f"{stored} articles are {done} on {imported.site.name} ({counts}).")
            self.stdout.write("They are found in a few seconds." if imported.publish else "Publish them in the admin.")
        if faults:
            raise CommandError("\n".join(faults), returncode=2)


def _check(path: Path, language: str) -> None:
    if not path.exists():
        raise CommandError(f"{path}:0: path: there is no such file or folder.", returncode=2)
    if str(path) != storable(str(path)):
        name = storable(path.name)
        raise CommandError(f"{name}:0: path: its name has a character that cannot be stored. Rename it.", returncode=2)
    if path.is_file() and not reading.form_of(path.name):
        forms = ", ".join(reading.FORMS)
        raise CommandError(f"{path}:0: path: expected a folder, or a file of these forms: {forms}.", returncode=2)
    wrong = publish.faults(language, "", "", "").get("language")
    if wrong:
        raise CommandError(f"--language {language}: {wrong}", returncode=2)


def _line(item: ImportItem, path: Path) -> str:
    """`file:line: what is wrong`, as editors understand it."""
    name = item.key.partition("#")[0].rpartition(":")
    file = name[0] if name[0] and name[2].isdigit() else item.key.partition("#")[0]
    place = path / file if path.is_dir() else path
    return f"{place}:{item.line}: {import_words.say(item.reason, item.detail)}"


def site_named(key: str) -> Site:
    """The site with that key; without one the only site, or the only one that is not the demo."""
    sites = Site.objects.filter(key=key) if key else Site.objects.all()
    real = [site for site in sites if key or not site.is_demo] or list(sites)
    if len(real) != 1:
        known = ", ".join(f"{site.key} ({site.name})" for site in Site.objects.all()) or "none yet"
        raise CommandError(f"Say which site with --site KEY. There are: {known}.", returncode=2)
    return real[0]
