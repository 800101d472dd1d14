"""An article's page in the help centre: as it is, or as it was when it was cited; and what became of it.

Here nobody says who they are. A verified customer's link has a pass (passes.py), and so have the links that they find.
"""

from dataclasses import dataclass
from urllib.parse import unquote

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.views.decorators.http import require_safe

from supportsite.sites.models import Site

from . import passes, slugs
from .addresses import Place, article_path, index_path
from .fresh import revalidated
from .languages import choose
from .models import Article, Audience, Version
from .passes import Pass
from .readers import Link, direction, interface_language, native_name, reader_of
from .regions import EVERYWHERE, known, reach
from .render import to_html

_REPLACEMENTS_FOLLOWED = 5


@dataclass(frozen=True)
class Asked:
    """What the address and the reader ask for. `number` is the cited version as it was written, None for today's.

    `given` is the pass that shows a reader to be a customer.
    """

    site: Site
    language: str
    slug: str
    region: str
    number: str | None
    reader: Audience
    given: Pass | None = None

    @property
    def is_member(self) -> bool:
        """Whether it is one of the site's own people."""
        return self.reader == Audience.LOGGED_IN

    @property
    def variants(self) -> QuerySet[Article]:
        """The published articles of that slug that the reader may see."""
        return Article.objects.shown(self.site, self.reader).filter(slug=self.slug)

    @property
    def withdrawn(self) -> QuerySet[Article]:
        """The withdrawn ones of that slug and language that the reader might have seen."""
        rows = Article.objects.filter(site=self.site, slug=self.slug, language=self.language)
        rows = rows.filter(withdrawn_at__isnull=False, published=None).select_related("collection", "replaced_by")
        return rows.filter(audience__in=self.reader.sees)

    def versions(self, article: Article) -> QuerySet[Version]:
        """The article's versions that were for such a reader."""
        return article.versions.filter(audience__in=self.reader.sees)

    def knows_of(self, slug: str) -> bool:
        """Whether the reader may see an article of this slug, in whichever language, or might have until it went."""
        rows = Article.objects.filter(site=self.site, slug=slug, audience__in=self.reader.sees)
        last = Version.objects.filter(article=OuterRef("pk")).order_by("-number").values("audience")[:1]
        rows = rows.annotate(last_for=Subquery(last)).filter(last_for__in=self.reader.sees)
        return rows.filter(Q(published__isnull=False) | Q(withdrawn_at__isnull=False)).exists()

    def has_variant(self, region: str) -> bool:
        """Whether there is an article of this slug and language for just this region, whoever may read it."""
        rows = Article.objects.filter(site=self.site, slug=self.slug, language=self.language, region=region)
        return rows.filter(versions__isnull=False).exists()

    def link(self, path: str) -> str:
        """A path of an article's for this reader: who came with a pass goes on with it, and no longer."""
        return passes.with_pass(self.site, path, self.given) if self.given else path


@require_safe
def article(request: HttpRequest, site_key: str, language: str, slug: str) -> HttpResponse:
    """One article, for `?region=`, as it was in version `?v=`."""
    site = get_object_or_404(Site, key=site_key)
    region = known(request.GET.get("region", EVERYWHERE))
    number = request.GET.get("v")
    given = _pass(request, site, Place(site.key, language, slug, region, number or ""))
    reader = reader_of(request, site, given)
    asked = Asked(site, language, slug, region, number, reader, given if reader == Audience.CUSTOMERS else None)
    regions = reach(region)
    here = asked.variants.filter(language=language)
    shown = here.filter(region=region).first() if asked.number else None
    gone = _nearest(asked.withdrawn, (region,) if asked.number else regions)
    if shown is None and gone is not None and (asked.number or not here.filter(region__in=regions).exists()):
        return _gone(request, asked, gone)
    shown = shown or _nearest(here, regions)
    if asked.number and shown is not None and shown.region != region and asked.has_variant(region):
        # What was cited is not for this reader, and another variant's version of that number is another text.
        raise Http404
    if shown is None:
        try:
            return _elsewhere(request, asked, regions)
        except Http404:
            if given is None or not given.is_over:
                raise
            return _over(request, asked)
    if given and shown.shown_to == Audience.EVERYONE and _is_for_everyone(_version(shown, asked)):
        return redirect(article_path(site.key, language, slug, region=region, version=_whole(number)))
    return _page(request, asked, shown, regions)


def _pass(request: HttpRequest, site: Site, place: Place) -> Pass | None:
    """The pass for what will be shown. No address of ours says a thing twice: with one that does it opens nothing."""
    word = request.GET.get(passes.NAME, "")
    twice = any(len(request.GET.getlist(name)) > 1 for name in ("region", "v", passes.NAME))
    return passes.read(site, place, word) if word and not twice else None


def _page(request: HttpRequest, asked: Asked, shown: Article, regions: tuple[str, ...]) -> HttpResponse:
    version = _version(shown, asked)
    if version is None or shown.published is None:
        raise Http404
    path = article_path(asked.site.key, asked.language, asked.slug, region=shown.region)
    others = asked.variants.filter(language=asked.language).exclude(pk=shown.pk).order_by("region")
    context = _context(asked, shown, version) | {
        "current": shown.published,
        "word": _word(asked, shown, version),
        "has_changed": version.pk != shown.published.pk,
        "path": asked.link(path),
        "canonical": settings.TANDEM.public_url + path,
        "languages": _translations(asked, regions),
        "regions": [Link(other.region, asked.link(_path(other)), region=other.region) for other in others],
        "host": settings.TANDEM.public_url,
        "rated": request.GET.get("rated", ""),
    }
    with translation.override(interface_language(asked.language)):
        page = render(request, "knowledge/article.html", context)
    private = asked.reader != Audience.EVERYONE
    answer = revalidated(request, page, private=private, changed=version.published_at)
    if asked.given:
        answer["Cache-Control"] = "private, no-store"  # the next at this computer may be nobody's customer
    return answer


def _word(asked: Asked, shown: Article, version: Version) -> str:
    """The reader's pass for this version, which the form below the text sends; empty without one."""
    place = Place(asked.site.key, shown.language, shown.slug, shown.region, str(version.number))
    return passes.word_of(asked.site, place, asked.given) if asked.given else ""


def _gone(request: HttpRequest, asked: Asked, article: Article) -> HttpResponse:
    """That the article was withdrawn, and what replaces it. Its text is for the site's own people only."""
    version = _version(article, asked) or asked.versions(article).first()
    if version is None:
        raise Http404
    context = _context(asked, article, version) | {"instead": _instead(asked, article), "is_member": asked.is_member}
    with translation.override(interface_language(asked.language)):
        return _ask_again(render(request, "knowledge/gone.html", context, status=410))


def _context(asked: Asked, article: Article, version: Version) -> dict[str, object]:
    def link(target: str) -> str:
        name, _hash, anchor = target.partition("#")
        return asked.link(
            article_path(
                asked.site.key, asked.language, name, region=asked.region or article.region, anchor=unquote(anchor)
            )
        )

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
        readable = Article.objects.shown(asked.site, asked.reader).filter(pk=following.pk).first()
        if readable is not None and readable.published is not None:
            return Link(readable.published.title, asked.link(_path(readable)), readable.language)
        following = following.replaced_by
    return None


def _elsewhere(request: HttpRequest, asked: Asked, regions: tuple[str, ...]) -> HttpResponse:
    """A link in one language may lead to an article that only another has, a former slug to the one of today."""
    there = {variant.language for variant in asked.variants if variant.region in regions}
    language = choose((asked.language, asked.site.locale, "en", *sorted(there)), there)
    if language is not None:
        return redirect(asked.link(article_path(asked.site.key, language, asked.slug, region=asked.region)))
    now = slugs.now_of(asked.site, asked.slug)
    if now is None or not asked.knows_of(now):
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    path = article_path(asked.site.key, asked.language, now)
    if asked.given:
        cited = article_path(asked.site.key, asked.language, now, region=asked.region, version=_whole(asked.number))
        return _ask_again(redirect(asked.link(cited)))
    return _ask_again(redirect(f"{path}?{query}" if query else path, permanent=True))


def _over(request: HttpRequest, asked: Asked) -> HttpResponse:
    """A customer's link that opens nothing any more; whoever has it knew already that there is such an article."""
    context = {
        "site": asked.site,
        "language": asked.language,
        "direction": direction(asked.language),
        "index_path": index_path(asked.site.key, asked.language),
    }
    with translation.override(interface_language(asked.language)):
        page = render(request, "knowledge/pass_over.html", context, status=403)
    page["Cache-Control"] = "private, no-store"
    return page


def _ask_again(answer: HttpResponse) -> HttpResponse:
    """Browsers keep a 301 and a 410 for ever unless told: an article may come back, and an address too."""
    answer["Cache-Control"] = "no-cache"
    return answer


def _nearest(variants: QuerySet[Article], regions: tuple[str, ...]) -> Article | None:
    by_region = {variant.region: variant for variant in variants}
    return next((by_region[region] for region in regions if region in by_region), None)


def _version(shown: Article, asked: Asked) -> Version | None:
    """Today's version, or the one that was cited where it was published for such a reader."""
    if asked.number is None:
        return shown.published
    whole = _whole(asked.number)
    return None if whole is None else asked.versions(shown).filter(number=whole).first()


def _is_for_everyone(version: Version | None) -> bool:
    return version is None or version.audience == Audience.EVERYONE


def _whole(number: str | None) -> int | None:
    """A version's number; None for what is none."""
    return int(number) if number and number.isdecimal() and len(number) < 9 else None


def _translations(asked: Asked, regions: tuple[str, ...]) -> list[Link]:
    """The article in each of its languages, its own included."""
    languages = sorted({variant.language for variant in asked.variants})
    pairs = [(code, _nearest(asked.variants.filter(language=code), regions)) for code in languages]
    return [Link(native_name(code), asked.link(_path(there)), code) for code, there in pairs if there is not None]


def _path(article: Article) -> str:
    return article_path(article.site.key, article.language, article.slug, region=article.region)
