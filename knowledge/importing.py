"""Files of articles to drafts and published versions: a folder of Markdown, one Markdown file, or articles.jsonl."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from supportsite.sites.models import Site

from . import publish
from .models import Article, Collection

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
DEFAULT_COLLECTION = "general"


@dataclass(frozen=True)
class Source:
    """An article as it lies in a file, and where."""

    file: Path
    line: int
    slug: str
    title: str
    body: str
    language: str = "en"
    region: str = ""
    collection: str = DEFAULT_COLLECTION


class BadSource(Exception):
    """What is wrong in a file: file, line, field, and what was expected."""

    def __init__(self, file: Path, line: int, field: str, expected: str) -> None:
        super().__init__(f"{file}:{line}: {field}: {expected}")
        self.file, self.line, self.field, self.expected = file, line, field, expected


def read(path: Path, language: str = "en") -> list[Source]:
    """Every article in `path`, checked before anything is written. Raises BadSource at the first that is wrong."""
    if path.is_dir():
        files = sorted(f for f in path.rglob("*.md") if f.name != "README.md")
        if not files and (path / "articles.jsonl").exists():
            return read(path / "articles.jsonl", language)
        sources = [_read_markdown(file, language) for file in files]
    elif path.suffix == ".jsonl":
        sources = list(_read_lines(path, language))
    elif path.suffix in (".md", ".markdown"):
        sources = [_read_markdown(path, language)]
    else:
        raise BadSource(path, 0, "path", "expected a folder, a .md or a .jsonl file")
    _refuse_twins(sources)
    return sources


@transaction.atomic
def store(sources: Iterable[Source], *, site: Site, now: datetime) -> list[Article]:
    """Publish the sources on the site; what is there already with the same text stays as it is."""
    collections = {c.slug: c for c in Collection.objects.filter(site=site)}
    there = {(a.slug, a.language, a.region): a for a in Article.objects.filter(site=site).select_related("collection")}
    articles = []
    for source in sources:
        collection = collections.get(source.collection) or _make_collection(site, source, len(collections))
        collections[source.collection] = collection
        article = there.get((source.slug, source.language, source.region))
        try:
            articles.append(_store_one(source, article, site, collection, now))
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            raise BadSource(source.file, source.line, field, messages[0]) from error
        except publish.NothingToPublish as error:
            raise BadSource(source.file, source.line, "body", str(error)) from error
    publish.wake_sweep()
    return articles


def _store_one(source: Source, article: Article | None, site: Site, collection: Collection, now: datetime) -> Article:
    if article is None:
        article = publish.create_article(
            site=site,
            collection=collection,
            slug=source.slug,
            language=source.language,
            region=source.region,
            title=source.title,
            body=source.body,
        )
    elif (article.title, article.body, article.collection) != (source.title, source.body, collection):
        publish.save_draft(article=article, title=source.title, body=source.body, collection=collection)
    publish.publish(article=article, by=None, now=now, wake=False)
    return article


def _make_collection(site: Site, source: Source, position: int) -> Collection:
    title = source.collection.replace("-", " ").capitalize()
    collection = Collection(site=site, slug=source.collection, titles={"en": title}, position=position)
    try:
        collection.full_clean()
    except ValidationError as error:
        raise BadSource(source.file, source.line, "collection", "expected letters, figures and hyphens") from error
    collection.save()
    return collection


def _read_markdown(file: Path, language: str) -> Source:
    text = _text(file)
    match = _FRONT.match(text)
    front = _front_matter(file, match.group(1)) if match else {}
    body = (text[match.end() :] if match else text).strip()
    slug, _dot, region = file.stem.partition(".")
    title = _field(front, "title", file, 1, default="") or _first_heading(body) or slug.replace("-", " ").capitalize()
    return Source(
        file=file,
        line=1,
        slug=_slug(slug, file, 1, "file name"),
        title=title,
        body=body,
        language=_field(front, "language", file, 1, default=language),
        region=_field(front, "region", file, 1, default=region),
        collection=_field(front, "collection", file, 1, default=DEFAULT_COLLECTION),
    )


def _read_lines(file: Path, language: str) -> Iterator[Source]:
    for line, text in enumerate(_text(file).split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except json.JSONDecodeError as error:
            raise BadSource(file, line, "line", f"expected a JSON object ({error.msg})") from error
        if not isinstance(row, dict):
            raise BadSource(file, line, "line", "expected a JSON object")
        yield Source(
            file=file,
            line=line,
            slug=_slug(_field(row, "id", file, line), file, line, "id"),
            title=_field(row, "title", file, line),
            body=_field(row, "body", file, line),
            language=_field(row, "language", file, line, default=language),
            region=_field(row, "region", file, line, default=""),
            collection=_field(row, "collection", file, line, default=DEFAULT_COLLECTION),
        )


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BadSource(file, error.object.count(b"\n", 0, error.start) + 1, "text", "expected UTF-8") from error
    except OSError as error:
        raise BadSource(file, 0, "path", str(error.strerror)) from error


def _front_matter(file: Path, text: str) -> dict[str, Any]:
    """Lines of `name: value`, read as they stand: a title may hold a colon, and the language `no` is Norwegian."""
    front = {}
    for line, row in enumerate(text.split("\n"), start=2):
        name, colon, value = row.partition(":")
        if not colon and row.strip():
            raise BadSource(file, line, "front matter", "expected a line such as title: Return policy")
        front[name.strip()] = value.strip().strip("\"'")
    return front


def _field(row: dict[str, Any], name: str, file: Path, line: int, default: str | None = None) -> str:
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise BadSource(file, line, name, "expected a text")
    return value


def _slug(name: str, file: Path, line: int, field: str) -> str:
    slug = slugify(name)
    if not slug:
        raise BadSource(file, line, field, "expected at least one Latin letter or figure")
    return slug


def _first_heading(body: str) -> str:
    first = body.partition("\n")[0]
    return first.lstrip("#").strip() if first.startswith("# ") else ""


def _refuse_twins(sources: list[Source]) -> None:
    seen: dict[tuple[str, str, str], Source] = {}
    for source in sources:
        key = (source.slug, source.language, source.region)
        if key in seen:
            raise BadSource(source.file, source.line, "id", f"the same article as {seen[key].file}:{seen[key].line}")
        seen[key] = source
