"""An article's page in the help centre: as it is, or as it was when it was cited; and what became of it."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_safe

from supportsite.sites.models import Site

from . import slugs
from .addresses import article_path, index_path
from .fresh import revalidated
from .models import Article, Audience, Version
from .readers import Link, direction, interface_language, is_member, native_name
from .regions import EVERYWHERE, reach
from .render import to_html

_REPLACEMENTS_FOLLOWED = 5


@dataclass(frozen=True)
class Asked:
    """What the address and the reader ask for. `number` is the cited version as it was written, None for today's."""

    site: Site
    language: str
    slug: str
    region: str
    number: str | None
    is_member: bool

    @property
    def variants(self) -> QuerySet[Article]:
        """The published articles of that slug that the reader may see."""
        return Article.objects.shown(self.site, logged_in=self.is_member).filter(slug=self.slug)

    @property
    def withdrawn(self) -> QuerySet[Article]:
        """The withdrawn ones of that slug and language that the reader might have seen."""
        rows = Article.objects.filter(site=self.site, slug=self.slug, language=self.language)
        rows = rows.filter(withdrawn_at__isnull=False, published=None).select_related("collection", "replaced_by")
        return rows if self.is_member else rows.filter(audience=Audience.EVERYONE)


@require_safe
def article(request: HttpRequest, site_key: str, language: str, slug: str) -> HttpResponse:
    """One article, for `?region=`, as it was in version `?v=`."""
    site = get_object_or_404(Site, key=site_key)
    region = request.GET.get("region", EVERYWHERE)
    asked = Asked(site, language, slug, region, request.GET.get("v"), is_member(request, site))
    regions = reach(region)
    here = asked.variants.filter(language=language)
    shown = here.filter(region=region).first() if asked.number else None
    gone = _nearest(asked.withdrawn, (region,) if asked.number else regions)
    if shown is None and gone is not None and (asked.number or not here.filter(region__in=regions).exists()):
        return _gone(request, asked, gone)
    shown = shown or _nearest(here, regions)
    if shown is None:
        return _elsewhere(request, asked, regions)
    return _page(request, asked, shown, regions)


def _page(request: HttpRequest, asked: Asked, shown: Article, regions: tuple[str, ...]) -> HttpResponse:
    version = _version(shown, asked.number)
    if version is None or shown.published is None:
        raise Http404
    path = article_path(asked.site.key, asked.language, asked.slug, region=shown.region)
    others = asked.variants.filter(language=asked.language).exclude(pk=shown.pk).order_by("region")
    context = _context(asked, shown, version) | {
        "current": shown.published,
        "has_changed": version.pk != shown.published.pk,
        "path": path,
        "canonical": settings.TANDEM.public_url + path,
        "languages": _translations(asked, regions),
        "regions": [Link(other.region, _path(other), region=other.region) for other in others],
        "host": settings.TANDEM.public_url,
        "rated": request.GET.get("rated", ""),
    }
    with translation.override(interface_language(asked.language)):
        page = render(request, "knowledge/article.html", context)
    return revalidated(request, page, private=asked.is_member, changed=version.published_at)


def _gone(request: HttpRequest, asked: Asked, article: Article) -> HttpResponse:
    """That the article was withdrawn, and what replaces it. Its text is for the site's own people only."""
    version = _version(article, asked.number) or article.versions.first()
    if version is None:
        raise Http404
    context = _context(asked, article, version) | {"instead": _instead(asked, article), "is_member": asked.is_member}
    with translation.override(interface_language(asked.language)):
        return _ask_again(render(request, "knowledge/gone.html", context, status=410))


def _context(asked: Asked, article: Article, version: Version) -> dict[str, object]:
    def link(target: str) -> str:
        name, _hash, anchor = target.partition("#")
        return article_path(asked.site.key, asked.language, name, region=article.region, anchor=anchor)

    with translation.override(interface_language(asked.language)):
        body = to_html(version.body, links=link)
    return {
        "site": asked.site,
        "article": article,
        "version": version,
        "body": body,
        "language": asked.language,
        "direction": direction(asked.language),
        "collection_title": article.collection.title_in(asked.language),
        "index_path": index_path(asked.site.key, asked.language),
    }


def _instead(asked: Asked, article: Article) -> Link | None:
    """What a reader should read in a withdrawn article's place; the next in line where that is withdrawn too."""
    following = article.replaced_by
    for _step in range(_REPLACEMENTS_FOLLOWED):
        if following is None:
            return None
        readable = Article.objects.shown(asked.site, logged_in=asked.is_member).filter(pk=following.pk).first()
        if readable is not None and readable.published is not None:
            return Link(readable.published.title, _path(readable), readable.language)
        following = following.replaced_by
    return None


def _elsewhere(request: HttpRequest, asked: Asked, regions: tuple[str, ...]) -> HttpResponse:
    """A link in one language may lead to an article that only another has, a former slug to the one of today."""
    there = {variant.language for variant in asked.variants if variant.region in regions}
    for language in (asked.site.locale, "en", *sorted(there)):
        if language in there:
            return redirect(article_path(asked.site.key, language, asked.slug, region=asked.region))
    now = slugs.now_of(asked.site, asked.slug)
    if now is None:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    path = article_path(asked.site.key, asked.language, now)
    return _ask_again(redirect(f"{path}?{query}" if query else path, permanent=True))


def _ask_again(answer: HttpResponse) -> HttpResponse:
    """Browsers keep a 301 and a 410 for ever unless told: an article may come back, and an address too."""
    answer["Cache-Control"] = "no-cache"
    return answer


def _nearest(variants: QuerySet[Article], regions: tuple[str, ...]) -> Article | None:
    by_region = {variant.region: variant for variant in variants}
    return next((by_region[region] for region in regions if region in by_region), None)


def _version(shown: Article, number: str | None) -> Version | None:
    if number is None:
        return shown.published
    return shown.versions.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else None


def _translations(asked: Asked, regions: tuple[str, ...]) -> list[Link]:
    """The article in each of its languages, its own included."""
    languages = sorted({variant.language for variant in asked.variants})
    pairs = [(code, _nearest(asked.variants.filter(language=code), regions)) for code in languages]
    return [Link(native_name(code), _path(there), code) for code, there in pairs if there is not None]


def _path(article: Article) -> str:
    return article_path(article.site.key, article.language, article.slug, region=article.region)
