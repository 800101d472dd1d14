"""What the editor shows of an article's past: its versions, each with what it changed."""

from dataclasses import dataclass

from knowledge.addresses import article_path
from knowledge.diff import Line, changes
from knowledge.models import Article, Version
from knowledge.publish import same_text
from knowledge.ratings import Tally, tallies

VERSIONS_SHOWN = 20
REPLACEMENTS_SHOWN = 500


@dataclass(frozen=True)
class VersionShown:
    """A version with what it changed in the one before it."""

    row: Version
    is_current: bool
    title_was: str
    lines: list[Line]
    questions: list[Line]
    tally: Tally


def differs(article: Article) -> bool:
    """Whether the draft is not what readers see, or is for others."""
    shown = article.published
    return shown is not None and (not same_text(shown, article) or shown.audience != article.audience)


def draft_lines(article: Article) -> list[Line]:
    """What publishing the draft would change."""
    return changes(article.published.body, article.body) if article.published else []


def history(article: Article) -> list[VersionShown]:
    """The newest versions, each with what it changed."""
    rows = list(article.versions.select_related("published_by")[: VERSIONS_SHOWN + 1])
    said = tallies(rows)
    before: list[Version | None] = [*rows[1:], None][: len(rows)]
    shown = [
        VersionShown(
            row=row,
            is_current=row.pk == article.published_id,
            title_was=older.title if older and older.title != row.title else "",
            lines=changes(older.body, row.body) if older else [],
            questions=changes("\n".join(older.questions), "\n".join(row.questions)) if older else [],
            tally=said[row.pk],
        )
        for row, older in zip(rows, before, strict=True)
    ]
    return shown[:VERSIONS_SHOWN]


def page_of(article: Article) -> str:
    """The article's page in the help centre; empty while there is none."""
    if article.published_id is None:
        return ""
    return article_path(article.site.key, article.language, article.slug, region=article.region)


def replacements(article: Article) -> list[Article]:
    """The articles that may stand in for this one: those of its site and language, by title."""
    others = Article.objects.filter(site=article.site, language=article.language, published__isnull=False)
    return list(others.exclude(pk=article.pk).order_by("title").only("title")[:REPLACEMENTS_SHOWN])
