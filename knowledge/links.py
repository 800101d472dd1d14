"""Links from an article to articles of its help centre, and which of them lead nowhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import QuerySet
from django.urls import is_valid_path

from . import slugs
from .addresses import is_of_a_file, place_of
from .markdown import parser, references
from .models import Article, FindingKind
from .noticed import Noticed
from .regions import reach
from .render import ARTICLE_LINK


class Fault(StrEnum):
    """Why a link leads nowhere."""

    MISSING = "missing"
    WITHDRAWN = "withdrawn"
    UNPUBLISHED = "unpublished"
    HIDDEN = "hidden"
    ANCHOR = "anchor"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Link:
    """A link in a text, with the words around it. An empty slug is the article itself; a `path` is no article's."""

    slug: str
    anchor: str
    language: str
    region: str
    words: str
    place: str  # the anchor of the heading above it
    quote: str
    path: str = ""


def broken(article: Article) -> list[Noticed]:
    """The links of what is published of an article that lead nowhere for its readers."""
    if article.published is None:
        return []
    found = list(links(article, article.published.body))
    targets = _targets(article, {link.slug for link in found if link.slug})
    return [
        _noticed(article, link, fault)
        for link in found
        if (fault := _fault(article, link, targets.get(link.slug, []) if link.slug else [article]))
    ]


def linking(article: Article) -> QuerySet[Article]:
    """The published articles whose text names this one in a link."""
    shown = Article.objects.filter(site=article.site_id, published__isnull=False).exclude(pk=article.pk)
    to_slug = shown.filter(published__body__contains=f"{ARTICLE_LINK}{article.slug}")
    return to_slug | shown.filter(published__body__contains=f"/{article.slug}")


def links(article: Article, markdown: str) -> Iterator[Link]:
    """The links within the help centre, in their order."""
    for one in references(markdown):
        if target := _target(article, one.address):
            yield Link(*target, one.words, one.place, one.quote)
        elif path := _path(one.address):
            yield Link("", "", article.language, article.region, one.words, one.place, one.quote, path)


def _target(article: Article, href: str) -> tuple[str, str, str, str] | None:
    """(slug, anchor, language, region) of an address of ours; None for any other."""
    address, _hash, written = href.partition("#")
    anchor = unquote(written).replace("\0", "")  # which no database holds
    if address.startswith(ARTICLE_LINK):
        return address.removeprefix(ARTICLE_LINK), anchor, article.language, article.region
    if not address:
        return ("", anchor, article.language, article.region) if anchor else None
    place = place_of(href.removeprefix(settings.TANDEM.public_url))
    if place is None or place.site_key != article.site.key:
        return None
    return place.slug, place.anchor.replace("\0", ""), place.language, place.region


def _path(href: str) -> str:
    """The path of a file, or of a page of this installation that is no article; '' for an address elsewhere."""
    path = href.removeprefix(settings.TANDEM.public_url)
    return path if is_of_a_file(path) or (path.startswith("/") and not path.startswith("//")) else ""


def _targets(article: Article, wanted: Iterable[str]) -> dict[str, list[Article]]:
    """Slug → every article of it; a former slug leads to those of the one of today."""
    site = article.site
    now = {slug: slug for slug in wanted}
    there = set(Article.objects.filter(site=site, slug__in=now).values_list("slug", flat=True))
    now |= {slug: slugs.now_of(site, slug) or slug for slug in now if slug not in there}
    rows = list(Article.objects.filter(site=site, slug__in=now.values()).select_related("published"))
    return {slug: [row for row in rows if row.slug == today] for slug, today in now.items()}


def _fault(article: Article, link: Link, variants: Sequence[Article]) -> Fault | None:
    """What a reader of the article meets at the link; the page of an article (article_page.py) decides alike."""
    if link.path:
        return None if _is_a_page(link.path) else Fault.NOWHERE
    regions = reach(link.region)
    near = [variant for variant in variants if variant.region in regions]
    own = sorted((v for v in near if v.language == link.language), key=lambda v: regions.index(v.region))
    shown = next((variant for variant in own if _may_read(article, variant)), None)
    if shown is not None and shown.published is not None:
        return Fault.ANCHOR if link.anchor and link.anchor not in anchors_of(shown.published.body) else None
    if any(variant.withdrawn_at for variant in own):
        return Fault.WITHDRAWN
    if any(_may_read(article, variant) for variant in near):
        return None  # the page leads to another language
    if any(variant.published_id for variant in near):
        return Fault.HIDDEN
    if any(variant.withdrawn_at for variant in variants):
        return Fault.WITHDRAWN
    return Fault.UNPUBLISHED if variants else Fault.MISSING


def _is_a_page(link: str) -> bool:
    """Whether something of ours answers there; what is without its last slash is led to it."""
    try:
        path = unquote(urlsplit(link).path)
    except ValueError:
        return False
    return path.startswith(settings.STATIC_URL) or any(map(is_valid_path, (path, f"{path}/")))


def _may_read(article: Article, target: Article) -> bool:
    """Whether whoever reads the article may read the other one too."""
    return target.published_id is not None and target.shown_to in article.shown_to.sees


def anchors_of(markdown: str) -> set[str]:
    """The anchors of a text's headings."""
    return {str(token.attrGet("id")) for token in parser().parse(markdown) if token.type == "heading_open"}


def _noticed(article: Article, link: Link, fault: Fault) -> Noticed:
    address = link.path or (f"{link.slug}#{link.anchor}" if link.anchor else link.slug)
    detail = {"fault": fault, "address": address, "words": link.words, "quote": link.quote}
    sides = (link.quote, link.path or link.anchor, fault)
    return Noticed(FindingKind.LINK, article, sides, anchor=link.place, target=link.slug[:120], detail=detail)
