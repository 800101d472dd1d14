"""articles.jsonl to documents: the form that `manage.py evaluate` reads, and that the admin's export writes."""

import json
import re
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from .document import Document, Read, Reason, Unreadable, utf8

_COLLECTION = re.compile(r"[-\w]{1,60}\Z", re.ASCII)


def read(file: Path, key: str) -> Read:
    """An object a line: `id`, `title`, `body`, and `language`, `region`, `collection` where wanted.

    Of what an export adds, `state`, `audience` and `questions` are read: what was hidden there is not shown here.
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
    slug = slugify(_field(row, "id"))
    if not slug:
        raise Unreadable(Reason.NO_SLUG, field="id")
    language, region, collection = (_field(row, name, "") for name in ("language", "region", "collection"))
    if collection and not _COLLECTION.match(collection):
        raise Unreadable(Reason.NO_COLLECTION)
    return Document(
        key="#".join(filter(None, (key, slug, language, region))),
        slug=slug,
        title=_field(row, "title"),
        body=_field(row, "body"),
        language=language,
        region=region,
        collection=collection,
        line=number,
        draft=_field(row, "state", "published") != "published",
        audience=_field(row, "audience", ""),
        questions=_questions(row),
    )


def _questions(row: dict[str, Any]) -> tuple[str, ...]:
    value = row.get("questions") or []
    if not isinstance(value, list) or not all(isinstance(question, str) for question in value):
        raise Unreadable(Reason.NO_LIST, field="questions")
    return tuple(value)


def _field(row: dict[str, Any], name: str, default: str | None = None) -> str:
    value = row.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise Unreadable(Reason.NO_TEXT_FIELD, field=name)
    return value
