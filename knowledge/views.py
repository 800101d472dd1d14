"""The help centre's front: every article by collection, and what was found for a question. Drafts are never here."""

import math
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_safe

from supportsite.sites.limits import Buckets, counted_as, is_this_machine
from supportsite.sites.models import Site

from . import search
from .addresses import article_path, index_path
from .fresh import revalidated
from .languages import choose
from .models import Article, Audience, Collection
from .readers import Link, direction, interface_language, native_name, reader_of
from .regions import known, nearest, reach

LONGEST_QUESTION = 400
RESULTS = 10

# By address: each search embeds its words, which costs more than any page.
_searches = Buckets(capacity=settings.TANDEM.limit_searches, per_second=20 / 60, name="searches")


@dataclass(frozen=True)
class Shelved:
    """A collection with its articles."""

    slug: str
    title: str
    articles: list[Link]


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The help centre of this installation's site, in a language that the reader understands."""
    site = _site_of(request)
    languages = Article.objects.languages(site, reader_of(request, site))
    wanted = [*_read_by(request), site.locale, "en", *sorted(languages)]
    return redirect(index_path(site.key, choose(wanted, languages) or site.locale))


@require_safe
def site_index(request: HttpRequest, site_key: str, language: str) -> HttpResponse:
    """Every article by collection, or what was found for `?q=`; 429 for an address that searches too much."""
    site = get_object_or_404(Site, key=site_key)
    reader = reader_of(request, site)
    languages = Article.objects.languages(site, reader)
    if language not in languages:
        return _in_their_own(request, site, language, languages)
    region = known(request.GET.get("region", ""))
    question = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUESTION]
    context = {
        "site": site,
        "language": language,
        "direction": direction(language),
        "region": region,
        "question": question,
        "host": settings.TANDEM.public_url,
        "canonical": settings.TANDEM.public_url + index_path(site.key, language),
        "languages": [Link(native_name(code), index_path(site.key, code), code) for code in sorted(languages)],
    }
    wait = _search_wait(request) if question else 0
    if wait:
        context["wait"] = wait
    elif question:
        context["passages"] = _found(site, question, language, region, reader)
    else:
        context["shelves"] = _shelves(site, language, region, reader)
    with translation.override(interface_language(language)):
        page = render(request, "knowledge/index.html", context, status=429 if wait else 200)
    if wait:
        page["Retry-After"] = str(wait)
        return page
    return revalidated(request, page, private=reader != Audience.EVERYONE or bool(question))


def _read_by(request: HttpRequest) -> list[str]:
    """The languages that a reader has chosen here, or set in their browser: any that there are, not our interface's."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    accepted = request.headers.get("Accept-Language", "")
    return [*filter(None, [chosen]), *(code for code, _weight in parse_accept_lang_header(accepted))]


def _in_their_own(request: HttpRequest, site: Site, language: str, there: set[str]) -> HttpResponse:
    """To the list in the language of another country, where the site has that one. Raises Http404."""
    other = choose([language], there)
    if other is None:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return redirect(index_path(site.key, other) + (f"?{query}" if query else ""))


def _site_of(request: HttpRequest) -> Site:
    sites = list(Site.objects.order_by("is_demo", "pk"))
    if not sites:
        raise Http404
    host = f"//{request.get_host()}"
    return next((site for site in sites if site.url and host in site.url), sites[0])


def _search_wait(request: HttpRequest) -> int:
    """Whole seconds that this address must wait before it searches again; 0 where it need not."""
    address = request.META.get("REMOTE_ADDR", "")
    wait = 0.0 if is_this_machine(address) else _searches.take(counted_as(address), time.monotonic())
    return math.ceil(wait)


def _found(site: Site, question: str, language: str, region: str, reader: Audience) -> list[search.Passage]:
    """The best passage of each article."""
    asked: dict[str, Any] = {"site": site, "question": question, "language": language, "region": region}
    found = search.find(**asked, limit=RESULTS * 2, reader=reader)
    first: dict[str, search.Passage] = {}
    for passage in found.passages:
        first.setdefault(passage.article_id, passage)
    return list(first.values())[:RESULTS]


def _shelves(site: Site, language: str, region: str, reader: Audience) -> list[Shelved]:
    rows = list(Article.objects.shown(site, reader).filter(language=language).order_by("published__title"))
    chosen = nearest(((a.slug, a.language, a.region) for a in rows), reach(region))
    general = {slug for slug, _language, _region in chosen}
    kept = [a for a in rows if (a.slug, a.language, a.region) in chosen or a.slug not in general]
    shelves = []
    for collection in Collection.objects.filter(site=site):
        links = [
            Link(a.published.title, article_path(site.key, language, a.slug, region=a.region), region=a.region)
            for a in kept
            if a.collection_id == collection.pk and a.published is not None
        ]
        if links:
            shelves.append(Shelved(collection.slug, collection.title_in(language), links))
    return shelves
