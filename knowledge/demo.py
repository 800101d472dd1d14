"""The demo shop's help centre: Northpine, an outdoor shop that does not exist, on a site of its own."""

import json
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from supportsite.sites.models import Site

from . import approved, demo_vectors, importing
from .models import ApprovedAnswer, Article, Collection

NAME = "Northpine"
_FOLDER = Path(__file__).parent / "demo"


def load(site: Site | None = None, *, reset: bool = False) -> Site:
    """Load and publish the demo's articles; those that are there stay as they were edited, unless `reset`.

    Touches no other site, whatever it holds.
    """
    if site is not None and not site.is_demo:
        raise ValueError("The demo's articles are loaded into the demo site only.")
    sources = importing.read(_FOLDER / "articles")
    with transaction.atomic():
        site = site or Site.objects.filter(is_demo=True).first() or Site.objects.create(name=NAME, is_demo=True)
        shelves = json.loads((_FOLDER / "collections.json").read_text("utf-8"))
        for position, shelf in enumerate(shelves):
            Collection.objects.update_or_create(
                site=site, slug=shelf["slug"], defaults={"titles": shelf["titles"], "position": position}
            )
        there = set() if reset else set(Article.objects.filter(site=site).values_list("slug", "language", "region"))
        new = [s for s in sources if (s.slug, s.language or "en", s.region) not in there]
        importing.store(new, site=site, now=timezone.now())
        if new:
            demo_vectors.place()
    _approve(site)
    return site


def _approve(site: Site) -> None:
    """The demo's approved answers, where it has none."""
    if site.approved_answers.exists():
        return
    for row in json.loads((_FOLDER / "approved.json").read_text("utf-8")):
        approved.save(answer=ApprovedAnswer(site=site, **row), by=None, now=timezone.now())
