"""What programs read of the help centre: a map for search engines, a feed of what changed. All for everyone to see."""

import re
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from supportsite.sites.models import Site

from .addresses import article_path, index_path
from .fresh import revalidated
from .models import Article, ArticleQuerySet
from .readers import interface_language
from .render import to_html

NEWEST: Final = 30
MOST_MAPPED: Final = 50_000  # of the sitemap protocol, for one file
_NOT_XML: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what no XML document may hold


@dataclass(frozen=True)
class Mapped:
    """An article's page in the map, with the same article in the other languages."""

    address: str
    changed: datetime
    languages: tuple[tuple[str, str], ...]


@require_safe
def sitemap(request: HttpRequest, site_key: str) -> HttpResponse:
    """Every article that everyone may read (sitemaps.org, with the languages as hreflang).

    Of more than one file may hold it is an index of parts: `?part=1` and so on.
    """
    site = get_object_or_404(Site, key=site_key)
    readable = Article.objects.for_readers(site)
    parts = -(-readable.count() // MOST_MAPPED)
    if "part" in request.GET:
        part = request.GET["part"]
        if part not in map(str, range(1, parts + 1)):
            raise Http404(_("This map has no such part."))
        return _map(request, site, readable, int(part) - 1)
    if parts <= 1:
        return _map(request, site, readable, 0)
    whole = settings.TANDEM.public_url + request.path
    addresses = [f"{whole}?part={part}" for part in range(1, parts + 1)]
    page = render(request, "knowledge/sitemap_index.xml", {"parts": addresses}, content_type="application/xml")
    return revalidated(request, page)


def _map(request: HttpRequest, site: Site, readable: ArticleQuerySet, part: int) -> HttpResponse:
    # Without the drafts and the texts of thousands.
    few = readable.select_related("published").only("slug", "region", "language", "published__published_at")
    rows = few.order_by("slug", "region", "language")[part * MOST_MAPPED : (part + 1) * MOST_MAPPED]
    pages = [
        page for _key, one in groupby(rows, lambda row: (row.slug, row.region)) for page in _pages(site, list(one))
    ]
    page = render(request, "knowledge/sitemap.xml", {"pages": pages}, content_type="application/xml")
    return revalidated(request, page)


def _pages(site: Site, variants: list[Article]) -> Iterable[Mapped]:
    """One article's pages, one for each language that it has for a region."""
    languages = tuple((variant.language, _address(site, variant)) for variant in variants)
    for variant in variants:
        if variant.published is not None:
            yield Mapped(_address(site, variant), variant.published.published_at, languages)


def _address(site: Site, article: Article) -> str:
    return settings.TANDEM.public_url + article_path(site.key, article.language, article.slug, region=article.region)


@dataclass(frozen=True)
class Shelf:
    """What a feed is of."""

    site: Site
    language: str


class Newest(Feed):  # type: ignore[type-arg]
    """The articles of a language, what changed last first (Atom)."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Readers of feeds ask often: with its ETag, beside Django's own Last-Modified."""
        one = copy(self)  # Django asks the feed for its language, and this one is everybody's
        one.language = str(kwargs["language"])
        with translation.override(interface_language(one.language)):
            return revalidated(request, Feed.__call__(one, request, *args, **kwargs))

    def get_object(self, request: HttpRequest, *args: Any, site_key: str, language: str, **kwargs: Any) -> Shelf:
        """The site and the language of the address."""
        site = get_object_or_404(Site, key=site_key)
        if language not in Article.objects.languages(site):
            raise Http404
        return Shelf(site, language)

    def title(self, shelf: Shelf) -> str:
        """The feed's name."""
        return f"{shelf.site.name} – {_('Help')}"

    def link(self, shelf: Shelf) -> str:
        """The list that it is of."""
        return str(settings.TANDEM.public_url + index_path(shelf.site.key, shelf.language))

    def items(self, shelf: Shelf) -> QuerySet[Article]:
        """The newest articles."""
        rows = Article.objects.shown(shelf.site).select_related("site").filter(language=shelf.language)
        return rows.order_by("-published__published_at", "-pk")[:NEWEST]

    def item_title(self, item: Any) -> str:
        """As published."""
        return _NOT_XML.sub("", str(item.published.title))

    def item_description(self, item: Any) -> str:
        """The whole text."""

        def link(target: str) -> str:
            name, _hash, anchor = target.partition("#")
            path = article_path(item.site.key, item.language, name, region=item.region, anchor=unquote(anchor))
            return str(settings.TANDEM.public_url + path)

        return _NOT_XML.sub("", to_html(item.published.body, links=link))

    def item_link(self, item: Any) -> str:
        """Its page."""
        return _address(item.site, item)

    def item_updateddate(self, item: Any) -> datetime:
        """When this text was published."""
        changed: datetime = item.published.published_at
        return changed
