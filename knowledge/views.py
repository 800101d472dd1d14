"""The help centre: published articles as pages that a source leads to. Drafts are never shown here."""

import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import get_language_from_request, get_language_info
from django.views.decorators.http import require_safe

from supportsite.sites.limits import Buckets, counted_as, is_this_machine
from supportsite.sites.models import Site

from . import search
from .addresses import article_path, index_path
from .models import Article, Collection, Version
from .regions import EVERYWHERE, nearest, reach
from .render import to_html

LONGEST_QUESTION = 400
RESULTS = 10

# By address: each search embeds its words, which costs more than any page.
_searches = Buckets(capacity=settings.TANDEM.limit_searches, per_second=20 / 60)


@dataclass(frozen=True)
class Link:
    """An entry of a list."""

    title: str
    path: str
    language: str = ""
    region: str = ""


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
    languages = Article.objects.languages(site)
    wanted = [get_language_from_request(request), site.locale, "en", *sorted(languages)]
    language = next((code for code in wanted if code in languages), site.locale)
    return redirect(index_path(site.key, language))


@require_safe
def site_index(request: HttpRequest, site_key: str, language: str) -> HttpResponse:
    """Every article by collection, or what was found for `?q=`; 429 for an address that searches too much."""
    site = get_object_or_404(Site, key=site_key)
    languages = Article.objects.languages(site)
    if language not in languages:
        raise Http404
    region = request.GET.get("region", "")
    question = request.GET.get("q", "").replace("\0", "").strip()[:LONGEST_QUESTION]
    context = {
        "site": site,
        "language": language,
        "direction": direction(language),
        "region": region,
        "question": question,
        "languages": [Link(native_name(code), index_path(site.key, code), code) for code in sorted(languages)],
    }
    wait = _search_wait(request) if question else 0
    if wait:
        context["wait"] = wait
    elif question:
        context["passages"] = _found(site, question, language, region)
    else:
        context["shelves"] = _shelves(site, language, region)
    with translation.override(_interface_language(language)):
        page = render(request, "knowledge/index.html", context, status=429 if wait else 200)
    if wait:
        page["Retry-After"] = str(wait)
    return page


@require_safe
def article(request: HttpRequest, site_key: str, language: str, slug: str) -> HttpResponse:
    """One article, for `?region=`, as it was in version `?v=`."""
    site = get_object_or_404(Site, key=site_key)
    variants = Article.objects.shown(site).filter(slug=slug)
    regions = reach(request.GET.get("region", EVERYWHERE))
    shown = _nearest(variants.filter(language=language), regions)
    if shown is None:
        return _in_another_language(site, variants, regions, request.GET.get("region", EVERYWHERE))
    version = _version(shown, request.GET.get("v"))
    if version is None or shown.published is None:
        raise Http404

    def link(target: str) -> str:
        name, _hash, anchor = target.partition("#")
        return article_path(site.key, language, name, region=shown.region, anchor=anchor)

    path = article_path(site.key, language, slug, region=shown.region)
    context = {
        "site": site,
        "article": shown,
        "version": version,
        "current": shown.published,
        "has_changed": version.pk != shown.published.pk,
        "language": language,
        "direction": direction(language),
        "collection_title": shown.collection.title_in(language),
        "index_path": index_path(site.key, language),
        "path": path,
        "canonical": settings.TANDEM.public_url + path,
        "languages": _translations(site, variants, regions),
        "regions": [
            Link(other.region, article_path(site.key, language, slug, region=other.region), region=other.region)
            for other in variants.filter(language=language).exclude(pk=shown.pk).order_by("region")
        ],
        "host": settings.TANDEM.public_url,
    }
    with translation.override(_interface_language(language)):
        context["body"] = to_html(version.body, links=link)
        return render(request, "knowledge/article.html", context)


def direction(language: str) -> str:
    """Whether a language is written from the right."""
    return "rtl" if language.partition("-")[0] in ("ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv") else "ltr"


def native_name(language: str) -> str:
    """A language's name in that language, else its code."""
    try:
        return str(get_language_info(language)["name_local"]).capitalize()
    except KeyError:
        return language


def _interface_language(language: str) -> str:
    """The language of the page's own words: the article's where we have it, else English."""
    base = language.partition("-")[0]
    return base if base in dict(settings.LANGUAGES) else "en"


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


def _found(site: Site, question: str, language: str, region: str) -> list[search.Passage]:
    """The best passage of each article."""
    found = search.find(site=site, question=question, language=language, region=region, limit=RESULTS * 2)
    first: dict[str, search.Passage] = {}
    for passage in found.passages:
        first.setdefault(passage.article_id, passage)
    return list(first.values())[:RESULTS]


def _shelves(site: Site, language: str, region: str) -> list[Shelved]:
    rows = list(Article.objects.shown(site).filter(language=language).order_by("published__title"))
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


def _nearest(variants: QuerySet[Article], regions: tuple[str, ...]) -> Article | None:
    by_region = {variant.region: variant for variant in variants}
    return next((by_region[region] for region in regions if region in by_region), None)


def _version(shown: Article, number: str | None) -> Version | None:
    if number is None:
        return shown.published
    return shown.versions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else None


def _in_another_language(
    site: Site, variants: QuerySet[Article], regions: tuple[str, ...], region: str
) -> HttpResponse:
    """A link in one language may lead to an article that only another has."""
    there = {variant.language for variant in variants if variant.region in regions}
    for language in (site.locale, "en", *sorted(there)):
        if language in there:
            return redirect(article_path(site.key, language, variants[0].slug, region=region))
    raise Http404


def _translations(site: Site, variants: QuerySet[Article], regions: tuple[str, ...]) -> list[Link]:
    """The article in each of its languages, its own included."""
    languages = sorted({variant.language for variant in variants})
    pairs = [(code, _nearest(variants.filter(language=code), regions)) for code in languages]
    return [
        Link(native_name(code), article_path(site.key, code, there.slug, region=there.region), code)
        for code, there in pairs
        if there is not None
    ]
