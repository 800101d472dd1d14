"""articles.jsonl to documents: the form that `manage.py evaluate` reads, and that the admin's export writes."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from .document import SLUG_LENGTH, TITLE_LENGTH, Document, Filing, Read, Reason, Text, Unreadable, storable, utf8

_OF_EXPORTS = frozenset({"collection_titles", "tags", "owner", "review_on", "former_slugs", "draft", "replaced_by"})
_MOST = 100  # of the tags or former slugs of an article
_SLUG = re.compile(rf"[-\w]{{1,{SLUG_LENGTH}}}\Z", re.ASCII)
_COLLECTION = re.compile(r"[-\w]{1,60}\Z", re.ASCII)


def read(file: Path, key: str) -> Read:
    """An object a line: `id`, `title`, `body`, and `language`, `region`, `collection` where wanted.

    What an export adds is read too (`export.py`): what was hidden there is not shown here.
    """
    for number, line in enumerate(utf8(file).split("\n"), start=1):
        if line.strip():
            try:
                yield _document(_object(line), key, number)
            except Unreadable as error:
                error.line = number
                yield error.of(f"{key}:{number}")


def _object(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise Unreadable(Reason.NO_JSON, why=error.msg) from error
    except RecursionError as error:
        raise Unreadable(Reason.NESTED) from error
    if not isinstance(row, dict):
        raise Unreadable(Reason.NO_OBJECT)
    return row


def _document(row: dict[str, Any], key: str, number: int) -> Document:
    named = _field(row, "id")
    slug = named if _SLUG.match(named) else slugify(named)
    if not slug:
        raise Unreadable(Reason.NO_SLUG, field="id")
    language, region, collection = (_field(row, name, "") for name in ("language", "region", "collection"))
    if collection and not _COLLECTION.match(collection):
        raise Unreadable(Reason.NO_COLLECTION)
    filing = _filing(row)
    return Document(
        key="#".join(filter(None, (key, slug.lower(), language, region))),
        slug=slug,
        title=_field(row, "title"),
        body=_field(row, "body", "" if filing else None),
        language=language,
        region=region,
        collection=collection,
        line=number,
        draft=_field(row, "state", "published") != "published",
        audience=_field(row, "audience", ""),
        questions=_texts(row, "questions"),
        filing=filing,
    )


def _filing(row: dict[str, Any]) -> Filing | None:
    if not _OF_EXPORTS & row.keys():
        return None
    return Filing(
        collection_titles=_titles(row),
        tags=_texts(row, "tags", count=_MOST),
        owner=_field(row, "owner", ""),
        review_on=_day(row, "review_on"),
        former_slugs=_former_slugs(row),
        draft=_draft(row),
        is_withdrawn=row.get("state") == "withdrawn",
        withdrawn_because=_field(row, "withdrawn_because", ""),
        replaced_by=_field(row, "replaced_by", ""),
    )


def _titles(row: dict[str, Any]) -> dict[str, str]:
    value = row.get("collection_titles") or {}
    if not isinstance(value, dict) or not all(isinstance(title, str) for title in value.values()):
        raise Unreadable(Reason.NOT_AS_EXPORTED, field="collection_titles")
    if len(value) > _MOST:
        raise Unreadable(Reason.TOO_MANY, field="collection_titles", most=_MOST)
    return {storable(language): storable(title) for language, title in value.items()}


def _former_slugs(row: dict[str, Any]) -> tuple[str, ...]:
    slugs = _texts(row, "former_slugs", count=_MOST)
    if not all(_SLUG.match(slug) for slug in slugs):
        raise Unreadable(Reason.NOT_AS_EXPORTED, field="former_slugs")
    return slugs


def _draft(row: dict[str, Any]) -> Text | None:
    value = row.get("draft")
    if not value:
        return None
    if not isinstance(value, dict):
        raise Unreadable(Reason.NOT_AS_EXPORTED, field="draft")
    return Text(_field(value, "title")[:TITLE_LENGTH], _field(value, "body", ""), _texts(value, "questions"))


def _day(row: dict[str, Any], name: str) -> str:
    value = _field(row, name, "")
    try:
        return date.fromisoformat(value).isoformat() if value else ""
    except ValueError as error:
        raise Unreadable(Reason.NOT_AS_EXPORTED, field=name) from error


def _texts(row: dict[str, Any], name: str, count: int | None = None) -> tuple[str, ...]:
    value = row.get(name) or []
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise Unreadable(Reason.NO_LIST, field=name)
    if count is not None and len(value) > count:
        raise Unreadable(Reason.TOO_MANY, field=name, most=count)
    return tuple(map(storable, value))


def _field(row: dict[str, Any], name: str, default: str | None = None) -> str:
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise Unreadable(Reason.NO_TEXT_FIELD, field=name)
    return storable(value)
