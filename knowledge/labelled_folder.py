"""A folder of labelled articles and questions, and a site of a workspace that holds them, published and indexed."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from supportsite.sites.models import Site

from . import editions, indexing, labelled
from .labelled import MAYBE_TEXT, NAMES, TEXT, BadLine
from .models import Article, Collection, Section, Version
from .sectioning import digest_of
from .split import embedded_text, sections

_ARTICLE = {
    "id": TEXT, "title": TEXT, "body": TEXT, "language": MAYBE_TEXT, "region": MAYBE_TEXT, "collection": MAYBE_TEXT,
}  # fmt: skip
_QUESTION = {
    "text": TEXT, "relevant": NAMES, "language": MAYBE_TEXT, "region": MAYBE_TEXT, "collection": MAYBE_TEXT,
    "reference": MAYBE_TEXT,
}  # fmt: skip
_SLICE = 64

# How far a piece of work is: what is done, of how much.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Question:
    """A labelled question; `relevant` are ids of articles, none where no article answers it."""

    text: str
    relevant: frozenset[str]
    language: str
    region: str
    collection: str


@dataclass(frozen=True)
class Folder:
    """What was read: rows that were checked, and the questions."""

    articles: Sequence[Mapping[str, Any]]
    questions: Sequence[Question]
    digest: str


def read(folder: Path) -> Folder:
    """The folder's articles.jsonl and questions.jsonl. Raises BadLine at the first line that is wrong."""
    files = folder / "articles.jsonl", folder / "questions.jsonl"
    articles = labelled.read(files[0], _ARTICLE)
    known: set[str] = set()
    for row in articles:
        if row["id"] in known:
            raise BadLine(files[0], row["line"], "id", f"an id of its own, found {row['id']!r} again")
        known.add(row["id"])
    rows = labelled.read(files[1], _QUESTION)
    for row in rows:
        if unknown := sorted(set(row["relevant"]) - known):
            raise BadLine(files[1], row["line"], "relevant", f"ids of articles.jsonl, found {unknown[0]!r}")
    return Folder(articles, [_question(row) for row in rows], labelled.digest(files))


def build(folder: Folder, *, now: datetime, progress: Progress) -> tuple[Site, dict[str, str], float]:
    """A site with the folder's articles; slug → id of an article; and how many seconds the indexing took."""
    site = Site.objects.create(name="Evaluation")
    ids = {f"article-{number}": row["id"] for number, row in enumerate(folder.articles)}
    with transaction.atomic():
        _write(site, folder.articles, now)
    began = time.perf_counter()
    _embed(site, progress)
    indexing.mend(site)
    Version.objects.filter(article__site=site).update(indexed_at=now)
    return site, ids, time.perf_counter() - began


def _question(row: Mapping[str, Any]) -> Question:
    return Question(
        row["text"],
        frozenset(row["relevant"]),
        (row.get("language") or "en").lower(),
        row.get("region") or "",
        row.get("collection") or "",
    )


def _write(site: Site, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Published articles, made at once; as `publish.publish` would one by one."""
    titles = list(dict.fromkeys(row.get("collection") or "" for row in rows))
    shelves = {
        title: Collection.objects.create(site=site, slug=f"collection-{number}", titles={"en": title})
        for number, title in enumerate(titles)
    }
    articles = Article.objects.bulk_create(
        Article(
            site=site,
            collection=shelves[row.get("collection") or ""],
            slug=f"article-{number}",
            language=(row.get("language") or "en").lower(),
            region=(row.get("region") or "").upper(),
            title=row["title"],
            body=row["body"],
        )
        for number, row in enumerate(rows)
    )
    versions = Version.objects.bulk_create(
        Version(article=article, number=1, title=article.title, body=article.body, published_at=now)
        for article in articles
    )
    for article, version in zip(articles, versions, strict=True):
        article.published = version
    Article.objects.bulk_update(articles, ["published"], batch_size=_SLICE * 4)
    edition = editions.ensure_live(site.pk)
    Section.objects.bulk_create(
        Section(
            version=version,
            edition=edition,
            position=position,
            heading=piece.heading,
            anchor=piece.anchor,
            text=piece.text,
            digest=digest_of(embedded_text(version.title, piece.heading, piece.text)),
        )
        for version in versions
        for position, piece in enumerate(sections(version.title, version.body))
    )


def _embed(site: Site, progress: Progress) -> None:
    work = []
    for shelf in sorted(editions.wanted_shelves(editions.live(site.pk)), key=str):
        rows = Section.objects.filter(version__article__site=site, version__article__language=shelf.language)
        everything = list(rows.select_related("version"))
        work += [(shelf.model, everything[at : at + _SLICE]) for at in range(0, len(everything), _SLICE)]
    for number, (model, part) in enumerate(work):
        indexing.vectors_of(model, part)
        progress(number + 1, len(work))
