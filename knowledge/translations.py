"""Languages side by side: what a text is translated from, what is missing, and what its source has left behind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from supportsite.sites.models import Site

from .languages import choose
from .models import Article, Version


class State(StrEnum):
    """How an article stands in one language."""

    MISSING = "missing"
    DRAFT = "draft"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"
    PUBLISHED = "published"


@dataclass(frozen=True)
class Cell:
    """One language of an article: its general text (None where there is none), and the regions that have their own."""

    language: str
    state: State
    article: Article | None
    variants: tuple[Article, ...]


@dataclass(frozen=True)
class Row:
    """An article in all its languages."""

    slug: str
    source: Article
    cells: tuple[Cell, ...]


def source_language(site: Site, languages: Iterable[str]) -> str:
    """The language from which a site's articles are translated: the site's own where it has that one, else English."""
    there = set(languages)
    return choose((site.locale, "en"), there) or min(there, default=site.locale)


def source_of(article: Article) -> Article | None:
    """The article that this one translates: of its slug and region, else of everywhere. None for a source itself."""
    same = Article.objects.filter(site=article.site, slug=article.slug).select_related("published")
    language = source_language(article.site, same.values_list("language", flat=True))
    if language == article.language:
        return None
    found = {other.region: other for other in same.filter(language=language, region__in={article.region, ""})}
    return found.get(article.region) or found.get("")


def followed(article: Article, source: Article) -> Version | None:
    """The version of the source that a translation follows: as its curator said, else the one of its day."""
    if article.translated_from is not None and article.translated_from.article_id == source.pk:
        return article.translated_from
    if article.published is None:
        return None
    there_then = source.versions.filter(published_at__lte=article.published.published_at).first()
    return there_then or source.versions.last()


def is_outdated(article: Article, source: Article | None) -> bool:
    """Whether the source says something else now than what this translation follows."""
    if source is None or source.published is None or article.published is None:
        return False
    version = followed(article, source)
    now = source.published
    return version is not None and (version.title, version.body) != (now.title, now.body)


def rows(site: Site, slugs: Sequence[str], languages: Sequence[str]) -> list[Row]:
    """The articles of these slugs in these languages."""
    there = Article.objects.filter(site=site, slug__in=slugs)
    there = there.select_related("published", "translated_from", "site").order_by("region")
    by_slug: dict[str, list[Article]] = {slug: [] for slug in slugs}
    for article in there:
        by_slug[article.slug].append(article)
    return [_row(slug, articles, languages) for slug, articles in by_slug.items() if articles]


def _row(slug: str, articles: list[Article], languages: Sequence[str]) -> Row:
    language = source_language(articles[0].site, (article.language for article in articles))
    source = next(article for article in articles if article.language == language)
    return Row(slug, source, tuple(_cell(code, articles, source) for code in languages))


def _cell(language: str, articles: list[Article], source: Article) -> Cell:
    mine = [article for article in articles if article.language == language]
    general = next((article for article in mine if not article.region), None)
    first = general or next(iter(mine), None)
    variants = tuple(article for article in mine if article is not general)
    return Cell(language, state_of(first, source), general, variants)


def state_of(article: Article | None, source: Article | None) -> State:
    """How an article stands beside the one it translates."""
    if article is None:
        return State.MISSING
    if article.published is None:
        return State.WITHDRAWN if article.withdrawn_at else State.DRAFT
    if source is not None and source.pk != article.pk and is_outdated(article, source):
        return State.OUTDATED
    return State.PUBLISHED
