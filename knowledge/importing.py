"""Our own articles from files, such as the demo's: all or none, read in this process. Others' files: `imports.py`."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction

from supportsite.sites.models import Site

from . import import_words, publish
from .documents import lines, markdown
from .documents.document import Document, Fault, Read, Reason, Unreadable
from .merging import GENERAL, collection_for, write
from .models import Article, Collection


class BadSource(Exception):
    """What is wrong in a file: file, line, and what was expected."""

    def __init__(self, key: str, line: int, reason: Reason, detail: dict[str, str | int]) -> None:
        super().__init__(f"{key}:{line}: {import_words.say(reason, detail)}")


def read(path: Path, language: str = "en") -> list[Document]:
    """The articles of a folder of Markdown, or of articles.jsonl. Raises BadSource at the first that is wrong."""
    documents: dict[tuple[str, str, str], Document] = {}
    for result in _results(path):
        if isinstance(result, Fault):
            raise BadSource(result.key, result.line, result.reason, result.detail)
        name = (result.slug.casefold(), result.language or language, result.region)
        if name in documents:
            raise BadSource(result.key, result.line, Reason.TWIN, {"other": documents[name].key})
        documents[name] = result
    return list(documents.values())


@transaction.atomic
def store(documents: Iterable[Document], *, site: Site, now: datetime, language: str = "en") -> list[Article]:
    """Publish them on the site; what is there already with the same text stays as it is. Raises BadSource."""
    collections = {c.slug: c for c in Collection.objects.filter(site=site)}
    there = {(a.slug, a.language, a.region): a for a in Article.objects.filter(site=site).select_related("collection")}
    articles = []
    for document in documents:
        try:
            article = write(
                document,
                article=there.get((document.slug, document.language or language, document.region)),
                site=site,
                language=language,
                collection=collection_for(document.collection or GENERAL, site, collections),
                published=True,
                by=None,
                now=now,
            )
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            raise BadSource(
                document.key, document.line, Reason.REFUSED, {"field": field, "why": messages[0]}
            ) from error
        except Unreadable as error:
            raise BadSource(document.key, document.line, error.reason, error.detail) from error
        articles.append(article)
    publish.wake_sweep()
    return articles


def _results(path: Path) -> Read:
    files = [path] if path.is_file() else sorted(f for f in path.rglob("*.md") if f.name != "README.md")
    for file in files or [path / "articles.jsonl"]:
        try:
            if file.suffix == ".jsonl":
                yield from lines.read(file, str(file))
            else:
                yield markdown.read(file, str(file))
        except Unreadable as error:
            yield error.of(str(file))
